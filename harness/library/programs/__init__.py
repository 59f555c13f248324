"""Rules and constraints as Python: written from the data when the library is compiled, kept in it, run on nodes by checks/.

What is written calls nodes (checks/node.py) and the few names of checks/runtime.py. A judgement of a small document asks some ten
thousand questions of a line each; as one function for each template and each file of rules they cost a third of what the same
questions cost as a tree of small functions (docs/adr/0005).
"""
