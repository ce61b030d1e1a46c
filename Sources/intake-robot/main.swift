import CommandLine

RobotProgram.main()
