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
	tests/unit/test_kube_watch tests/unit/test_helm
SCRIPTED_SERVER = tests/unit/scripted_server.c tests/unit/scripted_server.h
tests_unit_test_proc_SOURCES = tests/unit/test_proc.c
tests_unit_test_lock_SOURCES = tests/unit/test_lock.c
tests_unit_test_kick_SOURCES = tests/unit/test_kick.c
tests_unit_test_http_SOURCES = tests/unit/test_http.c $(SCRIPTED_SERVER)
tests_unit_test_kube_client_SOURCES = tests/unit/test_kube_client.c $(SCRIPTED_SERVER)
tests_unit_test_kube_config_SOURCES = tests/unit/test_kube_config.c
tests_unit_test_kube_watch_SOURCES = tests/unit/test_kube_watch.c $(SCRIPTED_SERVER)
tests_unit_test_helm_SOURCES = tests/unit/test_helm.c

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
	tests/unit/test_form tests/unit/test_session tests/unit/test_reply tests/unit/test_tpl
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
tests_unit_test_session_SOURCES = tests/unit/test_session.c tests/unit/request_from.h
tests_unit_test_session_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_session_SOURCES = dummy.cxx
tests_unit_test_reply_SOURCES = tests/unit/test_reply.c tests/unit/request_from.h
tests_unit_test_reply_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_reply_SOURCES = dummy.cxx
tests_unit_test_tpl_SOURCES = tests/unit/test_tpl.c
tests_unit_test_tpl_LDADD = $(WEB_TEST_LIBS)
nodist_EXTRA_tests_unit_test_tpl_SOURCES = dummy.cxx
endif
