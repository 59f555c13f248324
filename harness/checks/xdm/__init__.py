"""The metadata of XDM archives beside the documents that they describe: metadata.py judges, profiles/xdm has what is said."""
