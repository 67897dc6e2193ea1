noinst_LIBRARIES += lib/libbase.a lib/libsys.a lib/libdb.a lib/libnet.a lib/libkube.a lib/libhelm.a \
	lib/libstore.a lib/libtpl.a lib/libweb.a lib/liboidc.a

lib_libbase_a_SOURCES = lib/base/buf.c lib/base/buf.h lib/base/cleanup.h lib/base/crash.c \
	lib/base/crash.h lib/base/err.c lib/base/err.h lib/base/ipaddr.c lib/base/ipaddr.h \
	lib/base/log.c lib/base/log.h lib/base/mark.c lib/base/mark.h lib/base/mask.c lib/base/mask.h \
	lib/base/mem.c lib/base/mem.h lib/base/rand.c \
	lib/base/rand.h lib/base/str.c lib/base/str.h lib/base/timeutil.c lib/base/timeutil.h

lib_libsys_a_SOURCES = lib/sys/detach.c lib/sys/detach.h lib/sys/kick.c lib/sys/kick.h \
	lib/sys/lock.c lib/sys/lock.h lib/sys/proc.c lib/sys/proc.h

lib_libdb_a_SOURCES = lib/db/db.c lib/db/db.h
nodist_lib_libdb_a_SOURCES = sql/sql_table.c
lib_libdb_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)

lib_libnet_a_SOURCES = lib/net/http.c lib/net/http.h lib/net/transfer.c lib/net/transfer.h
lib_libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)

lib_libkube_a_SOURCES = lib/kube/call.h lib/kube/client.c lib/kube/client.h lib/kube/config.c \
	lib/kube/config.h lib/kube/file.c lib/kube/file.h lib/kube/json.c lib/kube/known.c lib/kube/known.h lib/kube/quantity.c lib/kube/quantity.h lib/kube/readiness.c \
	lib/kube/readiness.h lib/kube/watch.c lib/kube/watch.h
lib_libkube_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS)

lib_libhelm_a_SOURCES = lib/helm/release.c lib/helm/release.h lib/helm/values.c lib/helm/values.h

lib_libstore_a_SOURCES = lib/store/account.c lib/store/account.h lib/store/account_row.h \
	lib/store/account_session.c lib/store/audit.c lib/store/audit.h lib/store/audit_read.c \
	lib/store/audit_row.h lib/store/capacity.c lib/store/capacity.h lib/store/config.c lib/store/config.h lib/store/credentials.c \
	lib/store/decide.c lib/store/decide.h lib/store/engine.c lib/store/engine.h lib/store/fleet.c lib/store/fleet.h \
	lib/store/identity.c lib/store/identity.h \
	lib/store/images.c lib/store/images.h lib/store/limit.c lib/store/limit.h lib/store/link.c \
	lib/store/model.c lib/store/model.h lib/store/password.c lib/store/password.h \
	lib/store/people.c lib/store/people.h lib/store/policy.c lib/store/policy.h lib/store/recover.c lib/store/recover.h lib/store/recover_all.c lib/store/row.c \
	lib/store/row.h lib/store/service.c lib/store/service.h lib/store/service_read.c \
	lib/store/share.c lib/store/wake.c

lib_liboidc_a_SOURCES = lib/oidc/flow.c lib/oidc/oidc.h lib/oidc/token.c
lib_liboidc_a_CPPFLAGS = $(AM_CPPFLAGS) $(JOSE_CFLAGS)

lib_libtpl_a_SOURCES = lib/tpl/tpl.h lib/tpl/tpl_ctemplate.cc
lib_libtpl_a_CPPFLAGS = $(AM_CPPFLAGS) $(CTEMPLATE_CFLAGS)

lib_libweb_a_SOURCES = lib/web/asset.c lib/web/asset.h lib/web/dispatch.c lib/web/dispatch.h \
	lib/web/fields.c lib/web/fields.h lib/web/form.c lib/web/form.h lib/web/front.c lib/web/front.h lib/web/reply.c \
	lib/web/reply.h lib/web/request.c lib/web/request.h lib/web/route.c lib/web/route.h \
	lib/web/server.c lib/web/server.h lib/web/session.c lib/web/session.h

# What a program of the domain links, the dependent before what it depends on.
STORE_LIBS = lib/libstore.a lib/libhelm.a lib/libkube.a lib/libnet.a lib/libdb.a lib/libsys.a \
	lib/libbase.a $(SQLITE_LIBS) $(CURL_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(SODIUM_LIBS) $(CRACK_LIBS) $(ZLIB_LIBS)
