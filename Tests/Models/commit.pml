/*
 * The answer to a COMMIT is lost. A client does not know whether its run is enqueued, a worker not whether its step
 * is settled; and the primary may fail over to its standby.
 *
 * Stands for
 *   client   pawl.enqueue with a key, repeated until an answer comes
 *   worker   Session.settle of a step that its holder goes on with, repeated by Settler, and Session.kept after it:
 *            "already mine" is success
 *   rescue   Session.rescue of what a worker holds that was given up
 *
 * mutant NO_KEY          one_run_per_key     a client repeats without a key
 * mutant UNKNOWN_IS_NO   no_means_no         a client takes no answer for a refusal
 * mutant UNKNOWN_IS_YES  yes_means_yes       a client takes no answer for a success
 * mutant ASYNC           yes_means_yes       the standby may lack the last commit
 * mutant NO_FENCE        settled_once        a settlement is repeated without the fence
 * mutant NO_LOOK         goes_on_or_is_due   after a lost answer a worker takes "nothing written" for a lost lease
 * mutant LOOK_FIRST      goes_on_or_is_due   it looks before it repeats, while the first COMMIT is under way
 * mutant FORGETS         goes_on_or_is_due   after it found the run locked it repeats as if it were the first time
 * mutant TRUSTS          goes_on_as_holder   after a lost answer a worker goes on without asking
 */
#include "promise.h"
#define LOSSES 2

mtype = { nothing, yes, no };
byte losses, runs;
bool failed_over, last_is_enqueue;
mtype told = nothing;

/* The step, its fence, and whether the worker of the first lives on with it. */
byte fence = 1, settlements;
bool is_held = true, goes_on, locked;

bool one_run_per_key, no_means_no, yes_means_yes, settled_once, goes_on_or_is_due, goes_on_as_holder;

active proctype client() {
again:
  atomic {
    if
    :: skip                    /* It does not arrive, or is rolled back. */
    :: if
#ifdef NO_KEY
       :: runs++
#else
       :: runs == 0 -> runs++
       :: else
#endif
       fi;
       last_is_enqueue = true;
       promise(one_run_per_key, runs <= 1);
       if
       :: told = yes; goto done
       :: losses < LOSSES       /* The answer is lost. */
       fi
    fi
  }
  atomic {
#ifdef UNKNOWN_IS_NO
    told = no; goto done
#elif defined(UNKNOWN_IS_YES)
    told = yes; goto done
#else
    if :: losses < LOSSES -> losses++; goto again :: else -> goto last fi
#endif
  }
last:
  atomic { if :: runs == 0 -> runs++; last_is_enqueue = true :: else fi; told = yes }
done:
}

/* The old primary is gone; the new one has all that was acknowledged, or not. */
active proctype failover() {
  atomic {
    !failed_over -> failed_over = true;
#ifdef ASYNC
    if :: last_is_enqueue && runs > 0 -> runs-- :: else fi
#endif
  }
}

#ifdef NO_FENCE
#define may_settle (is_held)
#else
#define may_settle (is_held && fence == mine)
#endif
#define write settlements++; promise(settled_once, settlements == 1); fence++

/* What a lost connection had sent is done by the server, or not. */
proctype server(byte mine) {
  atomic { !locked -> locked = true }
  if
  :: atomic { may_settle -> write; locked = false }
  :: atomic { locked = false }
  fi
}

active proctype worker() {
  byte mine = 1;
  bool asks, mine_still;
  do
  :: atomic { losses < LOSSES -> losses++; asks = true; run server(mine) }
#ifdef TRUSTS
     atomic { goes_on = true; promise(goes_on_as_holder, is_held && fence == mine + 1); goto done }
#endif
#ifdef LOOK_FIRST
     atomic { mine_still = (is_held && fence == mine + 1) }
#endif
  :: atomic {
       locked && asks;  /* It waits for the lock, and no longer than half a second. */
#ifdef FORGETS
       asks = false
#endif
     }
  :: atomic { !locked -> locked = true }
     atomic {
       if
       :: may_settle -> write; goes_on = true; locked = false; goto done
       :: else
       fi;
#ifdef NO_LOOK
       mine_still = false;
#elif !defined(LOOK_FIRST)
       /* In a statement after the lock: whoever wrote is done. */
       mine_still = (asks && is_held && fence == mine + 1);
#endif
       goes_on = mine_still;
       locked = false;
       goto done
     }
  od;
done:
  skip
}

active proctype rescuer() {
  if
  :: atomic { !locked && is_held -> is_held = false; fence++ }
  :: skip  /* The worker lives on. */
  fi
}

init {
  timeout -> atomic {
    promise(no_means_no, told != no || runs == 0);
    promise(yes_means_yes, told != yes || runs == 1);
    /* Rescued, it is due; else it is in the hands of a worker that knows. */
    promise(goes_on_or_is_due, !is_held || goes_on)
  }
}
