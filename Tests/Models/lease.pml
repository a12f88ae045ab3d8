/*
 * A run whose first two steps are children of a container: claimed, given up, taken over, settled, joined.
 *
 * Stands for
 *   claim    pawl.claim: look whether the worker lives and keep its row, pick and lock, claim, commit
 *   give up  Session.giveUpDeadWorkers: passes over the worker whose row is kept
 *   rescue   Session.rescue: passes over a locked run
 *   settle   Session.settle: lock the run in a statement of its own, look for the fence, number the event,
 *            count down the container's scope, delete or wake the tasks, commit
 *
 * A worker may die between any two statements, and then its transaction is rolled back. One that lives may be
 * given up: it is stalled, and goes on as if nothing had been.
 *
 * mutant NO_FENCE           result_is_of_holder    a settlement looks at the task, and not at the fence
 * mutant SAME_FENCE         result_is_of_holder    a rescue leaves the fence as it is
 * mutant COUNT_SIBLINGS     run_ends               a join counts the siblings that it sees; the run is not locked
 * mutant SPLIT              run_ends               the next task is made in a second transaction
 * mutant NO_RESCUE          run_ends               nobody takes over
 * mutant NO_WORKER_LOCK     claim_is_by_the_living a claim does not keep its worker's row
 * mutant STALE_SEQ          number_is_free         the last number is read before the lock of the run is there
 * mutant TWO_CHILDREN_ONE   join_after_children    a container goes on with its first child
 */
#include "promise.h"
#define WORKERS 2
#define CRASHES 1
#define STALLS 2
#define IDS 5  /* WORKERS + CRASHES + STALLS: who was given up, or died, registers anew. */
#define NOBODY 255

mtype = { due, held, parked, gone };

mtype phase[3];
byte fence[3], holder[3], results[3];
bool row[3];                    /* a row lock of an open claim */
bool locked;                    /* the run's lock */
byte seq, remaining = 2;
bool ended;
bool registered[IDS], dead[IDS], lost[IDS];
byte kept[IDS];                 /* the key share locks of the worker's row */
byte ids, crashes, stalls;

bool result_is_of_holder, result_once, number_is_free, join_after_children, claim_is_by_the_living, run_ends;

#define claimable(t) (phase[t] == due && !row[t])
#define free_(t) phase[t] = due; holder[t] = NOBODY

proctype worker() {
  byte me, task, mine, number;
  bool sees;
birth:
  atomic { task = 0; mine = 0; number = 0; sees = false; ids < IDS -> me = ids; ids++; registered[me] = true }
  do
  :: atomic {
       lost[me] || claimable(0) || claimable(1) || claimable(2);
       if
       :: lost[me] -> goto birth
       :: else ->
          if
          :: claimable(0) -> task = 0
          :: claimable(1) -> task = 1
          :: claimable(2) -> task = 2
          fi;
          row[task] = true;
#ifndef NO_WORKER_LOCK
          kept[me]++
#endif
       fi
     }
     if
     :: atomic { crashes < CRASHES -> crashes++; row[task] = false; kept[me] = 0; dead[me] = true; goto birth }
     :: skip
     fi;
     atomic {
       promise(claim_is_by_the_living, !lost[me]);
       kept[me] = 0; row[task] = false;
       phase[task] = held; holder[task] = me; fence[task]++; mine = fence[task]
     }
     if
     :: atomic { crashes < CRASHES -> crashes++; dead[me] = true; goto birth }
     :: skip
     fi;
     /* It is executed, and settled. */
#ifdef STALE_SEQ
     number = seq + 1;
#endif
#ifndef COUNT_SIBLINGS
     atomic { !locked -> locked = true }
#endif
     atomic {
       if
#ifdef NO_FENCE
       :: phase[task] == gone ->
#else
       :: fence[task] != mine ->
#endif
#ifndef COUNT_SIBLINGS
          locked = false;
#endif
          goto again
       :: else
       fi;
#ifndef STALE_SEQ
       number = seq + 1;
#endif
       sees = results[0] + results[1] >= 1
     }
     if
     :: atomic { crashes < CRASHES -> crashes++; dead[me] = true; locked = false; goto birth }
     :: skip
     fi;
     atomic {
#ifdef COUNT_SIBLINGS
       if :: fence[task] != mine -> goto again :: else fi;
#else
       promise(number_is_free, number == seq + 1);
#endif
       promise(result_is_of_holder, holder[task] == me && fence[task] == mine);
       seq++; results[task]++; phase[task] = gone; fence[task]++;
       promise(result_once, results[task] == 1);
#ifndef SPLIT
#ifdef COUNT_SIBLINGS
       if :: task < 2 && sees -> free_(2) :: else fi;
#else
       if
       :: task < 2 -> remaining--;
          if
#ifdef TWO_CHILDREN_ONE
          :: phase[2] == parked -> free_(2)
#else
          :: remaining == 0 -> free_(2)
#endif
          :: else
          fi
       :: else
       fi;
#endif
#endif
       if
       :: task == 2 -> promise(join_after_children, results[0] == 1 && results[1] == 1); ended = true
       :: else
       fi;
       locked = false
     }
#ifdef SPLIT
     if
     :: atomic { crashes < CRASHES -> crashes++; dead[me] = true; goto birth }
     :: skip
     fi;
     atomic { if :: task < 2 -> remaining--; if :: remaining == 0 -> free_(2) :: else fi :: else fi }
#endif
again:
     atomic { task = 0; mine = 0; number = 0; sees = false }
  od
}

/* One that lives is given up if it is stalled. */
#define give_up(w) atomic { \
  registered[w] && !lost[w] && kept[w] == 0 && (dead[w] || stalls < STALLS) -> \
  if :: dead[w] :: else -> stalls++ fi; lost[w] = true }
#define rescue(t) atomic { phase[t] == held && lost[holder[t]] && !locked -> \
  seq++; free_(t); rescue_fence(t) }
#ifdef SAME_FENCE
#define rescue_fence(t) skip
#else
#define rescue_fence(t) fence[t]++
#endif

active proctype rescuer() {
#ifdef NO_RESCUE
  skip
#else
  do
  :: give_up(0)
  :: give_up(1)
  :: give_up(2)
  :: give_up(3)
  :: give_up(4)
  :: rescue(0)
  :: rescue(1)
  :: rescue(2)
  od
#endif
}

init {
  byte w;
  atomic {
    phase[0] = due; phase[1] = due; phase[2] = parked;
    holder[0] = NOBODY; holder[1] = NOBODY; holder[2] = NOBODY;
    for (w : 1 .. WORKERS) { run worker() }
  }
  /* When nothing can happen any more. */
  timeout -> promise(run_ends, ended)
}
