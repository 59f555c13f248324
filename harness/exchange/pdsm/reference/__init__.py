"""The reference PDSm endpoint, on a socket (simulator.py): what it checks, keeps, finds and answers, and duties it can break."""
