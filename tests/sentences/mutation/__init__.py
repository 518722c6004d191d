"""Small changes to the first engine, one at a time: the tests must notice each.

``python -m tests.sentences.mutation`` makes them all, tries them and names those that nothing
noticed. What has been tried is remembered, so that a run that was stopped goes on where it was, and
one after a change asks first the test that noticed last time. Those that change nothing that can be
seen are in `equivalent.toml`, each with the reason; any other that is left fails the run.
"""
