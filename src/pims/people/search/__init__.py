"""Finding a person among a million by a name that was misheard and mistyped.

Words are compared before persons are. `NameWord` holds each word that occurs in any name, with
hashes of its near spellings and of its sounds; a word of the question finds its likenesses there,
among thousands of words and not millions of names. `PersonSearch` then gives the names that hold
one likeness of every word, or of all words but one; only those few are compared in full.
"""
