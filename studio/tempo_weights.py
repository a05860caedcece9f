"""What each feature of a tempo candidate counts: a table, fitted once.

A conditional logit over the candidates of a piece, on excerpts of 30 s of recorded music (games of
Debian) with the tempi of a neural tracker, and some rendered MIDI with its own; L2 of 1. Rows: the
comb, octaves from 125 BPM and their square, then repetition at the ratios of `studio.tempo.RATIOS`.
How well it does on music by others than it was fitted to: docs/decisions/0013-beats.md.
"""

import numpy as np

MEANS = np.array(
    [
        -1.197,
        -0.438,
        0.761,
        -0.046,
        0.008,
        0.056,
        0.146,
        0.119,
        0.280,
        0.208,
        0.440,
        0.373,
        0.497,
        0.386,
        0.334,
    ]
)
SCALES = np.array(
    [0.930, 0.754, 0.777, 0.233, 0.278, 0.325, 0.325, 0.274, 0.323, 0.318, 0.295, 0.274, 0.274, 0.243, 0.297]
)
WEIGHTS = np.array(
    [
        8.238,
        1.027,
        -5.437,
        -0.641,
        -0.802,
        1.026,
        -0.490,
        1.053,
        -0.197,
        0.161,
        0.182,
        0.477,
        0.292,
        0.050,
        -0.619,
    ]
)
