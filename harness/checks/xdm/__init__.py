"""The metadata of XDM archives beside the documents that they describe: metadata.py judges, the others ask part by part."""
