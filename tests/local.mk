TESTS = $(check_PROGRAMS) $(check_SCRIPTS)
