"""The metadata of XDM archives beside the documents that they describe: metadata.py judges, rules.py has what is said."""
