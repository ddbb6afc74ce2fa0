"""The sample: the demand-driven round of 2020 at its published size, and a round that is open now.

Figures are those that were published (157 tasks received, 21 selected, solutions due 31 May 2020,
decisions in July, 3,300,000,000 won). Everything else – people, organisations, texts, scores – is
invented, plainly fictional, and the same each time.
"""
