import Reading

ReaderProgram.main()
