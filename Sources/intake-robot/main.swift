import CommandLine

await RobotProgram.main()
