"""The sample company: usage is simulated first, bills are derived from it, and the truth is written apart.

Every module adds its part to one `Book` (bill lines, true costs, planted cases). Nothing here is read by the warehouse but the
files under `landing/`.
"""
