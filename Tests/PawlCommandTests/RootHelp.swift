/// What `pawl --help` prints in 80 columns.
let rootHelp = """
    OVERVIEW: Durable workflows and jobs on PostgreSQL.

    To try it, in any directory:

      pawl dev                       a private PostgreSQL, a worker and a scheduler
      pawl define review.json        store a workflow (in another terminal)
      pawl run review '{"id": 7}'    enqueue a run
      pawl watch                     see what happens

    The database is the one of --database-url, else of DATABASE_URL, else of
    PGHOST, PGDATABASE and the like; if none of them is set, that of a "pawl dev"
    that runs in this directory or above it.

    Results go to standard output, all else to standard error. With --json a
    command prints one JSON document, or one a line for what has no end. Exit
    codes: 0 done, 1 failed, 3 not found, 64 misused.

    Completions for your shell: pawl --generate-completion-script (bash, zsh or
    fish).

    USAGE: pawl <subcommand>

    OPTIONS:
      --version               Show the version.
      -h, --help              Show help information.

    RUN SUBCOMMANDS:
      dev                     Run everything here: a private PostgreSQL, a
                              scheduler and workers.
      migrate                 Create or update Pawl's schema in a database.
      worker                  Run a worker for Pawl's own node kinds.
      scheduler               Run a scheduler, which starts the runs of schedules.

    WORK SUBCOMMANDS:
      define                  Store workflows, list them, or print one.
      validate                Check definitions, and store nothing.
      diff                    Compare two definitions.
      workflows               List workflows, their versions, and the runs of each.
      undefine                Remove a version of a workflow, or all of it.
      diagram                 Draw a workflow, or a run and where its steps stand.
      run                     Enqueue a run of a workflow.
      runs                    List runs, newest first.
      show                    Print a run: where it stands, why, and its history.
      watch                   Watch all runs, or one.
      stream                  Follow a run: one JSON document a line for all that
                              happens.
      events                  List events of one kind, latest first.
      decide                  Answer a question that a run waits for, or list the
                              open ones.
      answer                  End a step that waits for an answer with an output of
                              your own.
      signal                  Send a run a signal.
      set                     Set a variable of a run.
      pause                   Stop runs for a while.
      resume                  Let paused runs go on.
      skip                    Pass a live step over, or the one at which a run
                              failed.
      cancel                  Cancel runs.
      retry                   Take failed runs up again at the steps that failed.
      fork                    Make a run from another one, from its beginning or
                              from a step.
      compare                 Compare two runs step by step.
      schedule                Make, list, pause and preview schedules.
      queue                   List, pause, resume and limit queues.

    CARE SUBCOMMANDS:
      doctor                  Check the database, its settings and the workers, and
                              say what to do.
      maintain                Make partitions ahead, and remove runs that have
                              expired.
      verify                  Check that what is stored agrees with itself.

      See 'pawl help <subcommand>' for detailed help.

    """
