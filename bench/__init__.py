"""`make bench`: the cost of what matters, as ratios to floors and peers, measured in one run."""
