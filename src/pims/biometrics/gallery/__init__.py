"""The gallery: every template in effect, in memory alone, under names that say nothing.

A process of its own (`process`) reads the database at its start, follows what happens, and answers
over a local socket (`server`, `wire`); pages and jobs ask through `client`. What is compared, and
how fast, is the engine's (`holding`).
"""
