/*
 * A rolling upgrade: an old worker that knows one kind of node and a new one that knows two, two versions of a
 * workflow, two runs, and a person who removes the old version.
 *
 * Stands for
 *   define   Session.define: a text that is known keeps its version; a worker that starts does not make it current
 *   enqueue  INSERT INTO pawl.run: the version is pinned, and held from being removed (pawl.hold_definition)
 *   claim    pawl.claim and Executor: a step of a kind without a handler is given back, due later
 *   remove   Session.remove: under the lock of the workflow, if no run is pinned to the version
 *
 * mutant UNPINNED         executed_as_pinned   a step is executed by the version that is current
 * mutant TURNS_BACK       is_not_turned_back   a worker that starts makes its own version current
 * mutant RUNS_STRANGERS   executed_by_who_can  a worker executes what it has no handler for
 * mutant KEEPS_STRANGERS  run_ends             a worker keeps what it has no handler for
 * mutant REMOVES_BLINDLY  pinned_is_defined    who removes a version looks for runs without the lock
 * mutant NOT_HELD         pinned_is_defined    who enqueues does not hold the version
 */
#include "promise.h"
#define RUNS 2
#define RESTARTS 1
#define STRANGERS 2

byte current = 1;
bool defined_[3];
byte pinned[RUNS], task[RUNS];  /* task: 0 none, 1 due, 2 held, 3 done */
byte enqueued, restarts, strangers, holders;
bool excluded, upgraded;

bool executed_as_pinned, is_not_turned_back, executed_by_who_can, run_ends, pinned_is_defined;

/* Version 1 has a step of the kind that both know, version 2 one of the other kind. */
proctype worker(bool is_new) {
  byte r;
start:
  /* It defines what it brings along. */
  atomic {
    if
    :: is_new -> defined_[2] = true
    :: else ->
#ifdef TURNS_BACK
       if :: defined_[1] -> current = 1 :: else fi;
#endif
       promise(is_not_turned_back, !upgraded || current == 2)
    fi
  }
  do
  :: atomic {
       task[0] == 1 || task[1] == 1;
       if :: task[0] == 1 -> r = 0 :: task[1] == 1 -> r = 1 fi;
       if
       :: is_new || pinned[r] == 1 -> skip
       :: else -> strangers < STRANGERS -> strangers++
       fi;
       task[r] = 2
     }
     if
     :: atomic { !is_new && restarts < RESTARTS -> restarts++; task[r] = 1; goto start }  /* It is taken over. */
     :: atomic {
          if
#ifdef RUNS_STRANGERS
          :: false
#else
          :: !is_new && pinned[r] == 2 ->
#ifndef KEEPS_STRANGERS
             task[r] = 1
#endif
#endif
          :: else ->
             promise(pinned_is_defined, defined_[pinned[r]]);
#ifdef UNPINNED
             promise(executed_as_pinned, pinned[r] == current);
#endif
             promise(executed_by_who_can, is_new || pinned[r] == 1);
             task[r] = 3
          fi
        }
     fi
  od
}

active proctype client() {
  do
  :: enqueued < RUNS ->
     /* The version is read first, and held from then to the commit. */
     atomic { pinned[enqueued] = current }
#ifndef NOT_HELD
     atomic { !excluded -> holders++ }
     atomic {
       if
       :: defined_[pinned[enqueued]]
       :: else -> holders--; goto again  /* It was removed meanwhile, and the INSERT is refused. */
       fi
     }
#endif
     atomic {
       task[enqueued] = 1; promise(pinned_is_defined, defined_[pinned[enqueued]]); enqueued++;
#ifndef NOT_HELD
       holders--
#endif
     }
again:
     skip
  :: else -> break
  od
}

active proctype person() {
  bool is_used;
  /* New runs are of the new version from now on. */
  atomic { defined_[2] -> current = 2; upgraded = true }
  /* The old one is removed, when no run is pinned to it. */
#ifndef REMOVES_BLINDLY
  atomic { holders == 0 -> excluded = true }
#endif
  is_used = (task[0] != 0 && pinned[0] == 1) || (task[1] != 0 && pinned[1] == 1);
  atomic { if :: !is_used -> defined_[1] = false :: else fi; excluded = false }
}

init {
  atomic { defined_[1] = true; run worker(false); run worker(true) }
  timeout -> promise(run_ends, task[0] == 3 && task[1] == 3)
}
