"""`make bench`: every benchmark, each as ratios in one run."""

from benchmarks import beats

if __name__ == "__main__":
    beats.main()
