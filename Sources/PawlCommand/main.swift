await PawlCommand.start()
