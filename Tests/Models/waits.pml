/*
 * A question that two people answer, one of them cancels or passes over, and that runs out of time.
 *
 * Stands for
 *   answer   pawl.decide, pawl.answer: lock the run, lock the wait and look at it again, refuse what is due, close
 *            the wait, wake the task under another fence
 *   skip     pawl.skip: lock the run, close the wait if it is open, wake the task to pass its step over, due or not
 *   cancel   pawl.cancel: lock the run, end it, and take all that it has
 *   claim    pawl.claim of the parked task, because it is due or because it was woken
 *   settle   Session.settle: lock the run, look for the fence, close the wait, move the task
 *
 * Whoever does something may die before the COMMIT. The worker may be given up while it holds the task.
 *
 * mutant SAME_FENCE      goes_on_once          an answer leaves the fence of the task as it is
 * mutant NO_FENCE        goes_on_once          a settlement looks at the task, and not at the fence
 * mutant NO_SECOND_LOOK  closed_once           an answer looks at the wait before it has the lock of the run
 * mutant SPLIT           goes_on_once          the wait is closed in one transaction, and the task woken in the next
 * mutant CANCEL_LEAVES   cancelled_stays       a cancelled run keeps its task
 * mutant LATE            closed_once           an answer does not look at the wait at all
 */
#include "promise.h"
#define CRASHES 1
#define LOSSES 1

mtype = { open, answered, skipped, expired, cancelled };
mtype = { parked, woken, held, moved, gone };

mtype wait = open, task = parked;
byte fence, closings, crashes, losses;
bool late, locked, is_over, was_woken;

bool closed_once, goes_on_once, goes_on, cancelled_stays;
byte moves;

inline dies() { atomic { crashes < CRASHES -> crashes++; locked = false; goto end } }

inline close(how) { wait = how; closings++; promise(closed_once, closings == 1) }

proctype person(mtype how) {
#ifdef NO_SECOND_LOOK
  wait == open && !late;
#endif
  atomic { !locked -> locked = true }
  if :: dies() :: skip fi;
  atomic {
    if
    :: is_over || task == moved -> locked = false; goto end
#if !defined(NO_SECOND_LOOK) && !defined(LATE)
    :: !is_over && how == answered && (wait != open || late) -> locked = false; goto end
#endif
    :: else
    fi;
    if :: how == answered || wait == open -> close(how) :: else fi;
#ifdef SPLIT
    locked = false
  }
  if :: dies() :: skip fi;
  atomic { !locked -> locked = true }
  atomic {
#endif
    task = woken; was_woken = true;
#ifndef SAME_FENCE
    fence++;
#endif
    locked = false
  }
end:
}

proctype canceller() {
  atomic { !locked -> locked = true }
  if :: dies() :: skip fi;
  atomic {
    if
    :: is_over
    :: else ->
       if :: wait == open -> close(cancelled) :: else fi;
       is_over = true;
#ifndef CANCEL_LEAVES
       task = gone
#endif
    fi;
    locked = false
  }
end:
}

active proctype clock() { late = true }

proctype worker() {
  byte mine;
  bool expires;
  do
  :: atomic { (task == parked && late) || task == woken -> expires = (task == parked);
       task = held; fence++; mine = fence }
     if
     :: atomic { losses < LOSSES -> losses++; if :: task == held && fence == mine -> fence++;
            if :: was_woken -> task = woken :: else -> task = parked fi :: else fi }  /* It was stalled, and goes on. */
     :: skip
     fi;
     atomic { !locked -> locked = true }
     atomic {
       if
#ifdef NO_FENCE
       :: task != held && task != woken && task != parked -> locked = false; goto again
#else
       :: task == gone || fence != mine -> locked = false; goto again
#endif
       :: else
       fi
     }
     if :: atomic { crashes < CRASHES -> crashes++; locked = false;
              if :: fence == mine -> fence++; if :: was_woken -> task = woken :: else -> task = parked fi :: else fi;
              goto again }
     :: skip
     fi;
     atomic {
       if :: expires && wait == open -> close(expired) :: else fi;
       moves++;
       promise(cancelled_stays, !is_over);
       promise(goes_on_once, moves == 1 && (expires == (wait == expired)));
       task = moved; fence++; locked = false
     }
again:
     atomic { mine = 0; expires = false }
  od
}

init {
  atomic { run person(answered); run person(answered); run person(skipped); run canceller(); run worker();
    run worker() }
  timeout -> atomic {
    promise(goes_on, is_over || moves == 1);
    promise(cancelled_stays, !is_over || task == gone || moves == 1)
  }
}
