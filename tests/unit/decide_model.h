/* A small cluster and a small reconciler around the real decide(): what the cluster is, what the
 * reconciler has seen of it, what stands in the database, and every way in which these can come
 * apart. One store ID; its incarnations have the uids 1, 2, 3 ... Times are milliseconds. */
#ifndef SW_TESTS_DECIDE_MODEL_H
#define SW_TESTS_DECIDE_MODEL_H

#include "decide_check.h"

#define NOBODY 0
#define FOREIGN -1

/* Each lasts until it is taken away. */
struct faults {
    bool unreachable, helm_fails, helm_hangs, broken_pods, slow_pods, no_route, stuck_namespace,
        stuck_volumes, late_watch;
};

/* How things are. */
struct cluster {
    int owner; /* uid of the namespace of this name; NOBODY, FOREIGN */
    bool terminating;
    int64_t gone_at, volumes_gone_at; /* mono; when what is going away is gone */
    enum release_state release;
    bool workloads;
    bool spoilt;      /* its pods do not heal by themselves any more */
    int64_t progress; /* for how long its pods could work */
    int volumes;
};

/* The database: the living store and its unfinished operation. */
struct row {
    int uid;
    enum store_desired desired;
    enum store_status status;
    enum cause cause;
    char reason[DECIDE_TEXT_MAX * 2];
    int64_t generation, applied_generation, status_at;
    bool was_ready, repairing;
    int operation; /* 0: none unfinished */
    bool is_retry;
    int64_t attempt, started_at, not_before;
};

struct helm_run {
    bool running, is_install, is_repair, hangs, clears_pods;
    int uid;
    int64_t generation, ends_at;
};

enum model_call { CALL_NAMESPACE, CALL_RELEASE, CALL_VOLUMES, CALL_CLAIMS, CALL_ASK, CALL_COUNT };

/* What the reconciler has in memory: all of it is lost in a crash. */
struct memory {
    bool running, complete, reload, dirty, settled;
    int64_t complete_since, wake_at, installed_at, calls_not_before;
    struct row row;
    int owner;
    bool terminating, workloads, database, setup, web, fatal, pods;
    enum release_state release;
    enum answer answer;
    bool volumes_known, claims_asked, claims_gone;
    int volumes;
    struct helm_run helm;
    struct {
        bool active, deletes;
        int64_t ends_at;
    } calls[CALL_COUNT];
};

struct model {
    struct dice dice;
    int64_t mono, clock_offset, next_cron;
    bool quiet; /* nothing fails any more */
    struct faults faults;
    struct cluster cluster;
    struct row db;
    struct memory memory;
    struct helm_run orphan; /* a helm that outlived its reconciler */
    int next_uid, next_operation;

    /* For judging. */
    int64_t operation_began; /* mono; 0: not yet */
    bool clock_moved;        /* since the operation began */
    int failures_of_operation;
    int64_t last_failure; /* mono */
    const char *broken;   /* the first rule that did not hold */
    unsigned long decisions, crashes, requests, failed_operations;
};

void model_init(struct model *m, uint64_t seed);
void model_run(struct model *m, int64_t ms); /* lets time go by */

/* What a person asks, as lib/store/service.c does it. Nothing happens where it is refused. */
void model_create(struct model *m);
void model_delete(struct model *m);
void model_retry(struct model *m);

void model_crash(struct model *m);
void model_move_clock(struct model *m, int64_t by);

#endif
