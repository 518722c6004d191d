"""Running the parts of PIMS as child processes: started in order, watched, started again, stopped.

Small on purpose: one thread, no daemon, no state but a lock and a note beside it in ``var/run``.
"""
