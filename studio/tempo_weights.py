"""What each feature of a tempo candidate counts: a table, fitted once.

A conditional logit over the candidates of a piece, with L2 of 0.7, on 138 excerpts of 30 s: recorded and
produced music of Debian's games with the tempi of a neural tracker, and ten of rendered MIDI with their
own. Rows: the comb, octaves from 125 BPM and their square, then repetition at the ratios of
`studio.tempo.RATIOS`. The first and third together are a prior of about 131 BPM and 0.8 octaves.
How well it does on music of other packages than it was fitted to: docs/decisions/0013-beats.md.
"""

import numpy as np

MEANS = np.array(
    [
        -1.197,
        -0.442,
        0.769,
        -0.044,
        0.006,
        0.056,
        0.147,
        0.116,
        0.281,
        0.208,
        0.438,
        0.374,
        0.496,
        0.386,
        0.330,
    ]
)
SCALES = np.array(
    [0.931, 0.757, 0.778, 0.235, 0.279, 0.327, 0.325, 0.276, 0.322, 0.319, 0.294, 0.273, 0.274, 0.242, 0.296]
)
WEIGHTS = np.array(
    [
        9.301,
        0.850,
        -5.993,
        -1.064,
        -1.035,
        1.227,
        -0.614,
        1.331,
        -0.227,
        -0.016,
        0.110,
        0.748,
        0.482,
        0.037,
        -0.758,
    ]
)
