"""`make bench`: every benchmark, each as ratios in one run."""

from benchmarks import api, assembly, beats, canon, echo, library, quality, rendering, sync, versions

if __name__ == "__main__":
    beats.main()
    sync.main()
    assembly.main()
    api.main()
    versions.main()
    canon.main()
    echo.main()
    quality.main()
    rendering.main()
    library.main()
