from pims.cli.main import main

main()
