"""The living style page: every component, filled, empty, wrong and refused."""
