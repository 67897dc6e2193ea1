# Unit tests. Each is a program of its own; `make check` runs them all, with the layer check.
TESTS = $(check_PROGRAMS) $(check_SCRIPTS)
check_SCRIPTS += tests/unit/check-layers.sh

if HAVE_CMOCKA
AM_CFLAGS += $(CMOCKA_CFLAGS)

# What a test links unless it says otherwise.
LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
WEB_TEST_LIBS = lib/libweb.a lib/libtpl.a $(STORE_LIBS) $(CTEMPLATE_LIBS) $(FCGI_LIBS) $(CMOCKA_LIBS)

# sys, net, kube, helm
check_PROGRAMS += tests/unit/test_proc tests/unit/test_lock tests/unit/test_kick \
	tests/unit/test_http tests/unit/test_kube_client tests/unit/test_kube_config \
	tests/unit/test_kube_watch tests/unit/test_helm tests/unit/test_helm_values
SCRIPTED_SERVER = tests/unit/scripted_server.c tests/unit/scripted_server.h
tests_unit_test_proc_SOURCES = tests/unit/test_proc.c
tests_unit_test_lock_SOURCES = tests/unit/test_lock.c
tests_unit_test_kick_SOURCES = tests/unit/test_kick.c
tests_unit_test_http_SOURCES = tests/unit/test_http.c $(SCRIPTED_SERVER)
tests_unit_test_kube_client_SOURCES = tests/unit/test_kube_client.c $(SCRIPTED_SERVER)
tests_unit_test_kube_config_SOURCES = tests/unit/test_kube_config.c
tests_unit_test_kube_watch_SOURCES = tests/unit/test_kube_watch.c $(SCRIPTED_SERVER)
tests_unit_test_helm_SOURCES = tests/unit/test_helm.c
tests_unit_test_helm_values_SOURCES = tests/unit/test_helm_values.c

# base
check_PROGRAMS += tests/unit/test_base tests/unit/test_buf tests/unit/test_str \
	tests/unit/test_timeutil tests/unit/test_log tests/unit/test_mask
tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_buf_SOURCES = tests/unit/test_buf.c
tests_unit_test_str_SOURCES = tests/unit/test_str.c
tests_unit_test_timeutil_SOURCES = tests/unit/test_timeutil.c
tests_unit_test_mask_SOURCES = tests/unit/test_mask.c
tests_unit_test_log_SOURCES = tests/unit/test_log.c

# db
check_PROGRAMS += tests/unit/test_db tests/unit/test_db_faults
DB_PLACE = tests/unit/db_place.h tests/unit/scratch.h
tests_unit_test_db_SOURCES = tests/unit/test_db.c $(DB_PLACE)
tests_unit_test_db_faults_SOURCES = tests/unit/test_db_faults.c $(DB_PLACE)

# store
check_PROGRAMS += tests/unit/test_policy tests/unit/test_engine tests/unit/test_images tests/unit/test_config \
	tests/unit/test_service tests/unit/test_service_list tests/unit/test_account \
	tests/unit/test_password tests/unit/test_limit tests/unit/test_audit \
	tests/unit/test_people
SERVICE_PLACE = tests/unit/service_place.h tests/unit/scratch.h
check_PROGRAMS += tests/unit/test_capacity
tests_unit_test_capacity_SOURCES = tests/unit/test_capacity.c $(SERVICE_PLACE)
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c
tests_unit_test_engine_SOURCES = tests/unit/test_engine.c
tests_unit_test_images_SOURCES = tests/unit/test_images.c tests/unit/scratch.h
tests_unit_test_config_SOURCES = tests/unit/test_config.c tests/unit/scratch.h
tests_unit_test_service_SOURCES = tests/unit/test_service.c $(SERVICE_PLACE)
tests_unit_test_service_list_SOURCES = tests/unit/test_service_list.c $(SERVICE_PLACE)
tests_unit_test_password_SOURCES = tests/unit/test_password.c
tests_unit_test_account_SOURCES = tests/unit/test_account.c $(SERVICE_PLACE) $(RAW_SQL)
RAW_SQL = tests/unit/raw_sql.h
tests_unit_test_limit_SOURCES = tests/unit/test_limit.c $(SERVICE_PLACE) $(RAW_SQL)
tests_unit_test_audit_SOURCES = tests/unit/test_audit.c $(SERVICE_PLACE) $(RAW_SQL)
tests_unit_test_people_SOURCES = tests/unit/test_people.c $(SERVICE_PLACE) $(RAW_SQL)

# reconciling: kube/readiness, kube/quantity, cron/seen, cron/queue
check_PROGRAMS += tests/unit/test_readiness tests/unit/test_quantity tests/unit/test_seen \
	tests/unit/test_queue
tests_unit_test_quantity_SOURCES = tests/unit/test_quantity.c
tests_unit_test_queue_SOURCES = tests/unit/test_queue.c cron/queue.c
tests_unit_test_queue_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/cron
tests_unit_test_readiness_SOURCES = tests/unit/test_readiness.c $(DECIDE_CHECK)
tests_unit_test_seen_SOURCES = tests/unit/test_seen.c cron/seen.c
tests_unit_test_seen_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/cron

# oidc
check_PROGRAMS += tests/unit/test_oidc
tests_unit_test_oidc_SOURCES = tests/unit/test_oidc.c
tests_unit_test_oidc_CPPFLAGS = $(AM_CPPFLAGS) $(JOSE_CFLAGS)
tests_unit_test_oidc_LDADD = lib/liboidc.a $(LDADD) $(JOSE_LIBS)

# store: decide()
check_PROGRAMS += tests/unit/test_decide tests/unit/test_decide_fuzz \
	tests/unit/test_decide_properties
DECIDE_CHECK = tests/unit/decide_check.c tests/unit/decide_check.h
tests_unit_test_decide_SOURCES = tests/unit/test_decide.c $(DECIDE_CHECK)
tests_unit_test_decide_fuzz_SOURCES = tests/unit/test_decide_fuzz.c $(DECIDE_CHECK)
tests_unit_test_decide_properties_SOURCES = tests/unit/test_decide_properties.c \
	tests/unit/decide_model.c tests/unit/decide_model.h $(DECIDE_CHECK)

# web, tpl: linked as C++ for the templates
check_PROGRAMS += tests/unit/test_request tests/unit/test_request_fields tests/unit/test_route \
	tests/unit/test_form tests/unit/test_front tests/unit/test_session tests/unit/test_reply tests/unit/test_tpl
tests_unit_test_request_SOURCES = tests/unit/test_request.c tests/unit/request_from.h
tests_unit_test_request_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_request_SOURCES = dummy.cxx
tests_unit_test_request_fields_SOURCES = tests/unit/test_request_fields.c tests/unit/request_from.h
tests_unit_test_request_fields_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_request_fields_SOURCES = dummy.cxx
tests_unit_test_route_SOURCES = tests/unit/test_route.c tests/unit/request_from.h
tests_unit_test_route_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_route_SOURCES = dummy.cxx
tests_unit_test_form_SOURCES = tests/unit/test_form.c tests/unit/request_from.h
tests_unit_test_form_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_form_SOURCES = dummy.cxx
tests_unit_test_front_SOURCES = tests/unit/test_front.c
tests_unit_test_front_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_front_SOURCES = dummy.cxx
tests_unit_test_session_SOURCES = tests/unit/test_session.c tests/unit/request_from.h
tests_unit_test_session_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_session_SOURCES = dummy.cxx
tests_unit_test_reply_SOURCES = tests/unit/test_reply.c tests/unit/request_from.h
tests_unit_test_reply_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_reply_SOURCES = dummy.cxx
tests_unit_test_tpl_SOURCES = tests/unit/test_tpl.c
tests_unit_test_tpl_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_tpl_SOURCES = dummy.cxx

# storefront
check_PROGRAMS += tests/unit/test_storefront tests/unit/test_cache
tests_unit_test_storefront_SOURCES = tests/unit/test_storefront.c $(STOREFRONT_SOURCES)
tests_unit_test_storefront_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/storefront
tests_unit_test_storefront_LDADD = $(STOREFRONT_LIBS) $(CMOCKA_LIBS)
nodist_EXTRA_tests_unit_test_storefront_SOURCES = dummy.cxx
tests_unit_test_cache_SOURCES = tests/unit/test_cache.c storefront/cache.c storefront/cache.h
tests_unit_test_cache_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/storefront
tests_unit_test_cache_LDADD = lib/libbase.a $(JANSSON_LIBS) $(SODIUM_LIBS) -lpthread $(CMOCKA_LIBS)
endif
