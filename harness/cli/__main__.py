from harness.__main__ import main

main()
