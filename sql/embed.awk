# Turns sql/NNN_*.sql (migrations, in the order of their numbers) and sql/statements.sql
# ("-- name: X" starts a statement) into C. Run with -v part=header or -v part=source.

function c_string(line) {
    if (line ~ /\\/) { # awks differ in how gsub takes a backslash
        print "a backslash in " FILENAME ": " line > "/dev/stderr"
        exit 1
    }
    gsub(/"/, "\\042", line)
    return "    \"" line "\\n\"\n"
}

FNR == 1 { migration = (FILENAME !~ /statements\.sql$/) }

migration && FNR == 1 { migrations++ }
migration { migration_text[migrations] = migration_text[migrations] c_string($0); next }

/^-- name: / {
    names++
    name[names] = toupper($3)
    if ($3 in seen) {
        print "statement " $3 " is there twice" > "/dev/stderr"
        exit 1
    }
    seen[$3] = 1
    next
}
/^--/ || /^[ \t]*$/ { next }
names { text[names] = text[names] c_string($0) }

END {
    if (part == "header") {
        print "/* Generated from sql/ by sql/embed.awk. */"
        print "#ifndef SW_SQL_TABLE_H\n#define SW_SQL_TABLE_H\n"
        print "enum sql_id {"
        for (i = 1; i <= names; i++)
            print "    SQL_" name[i] ","
        print "    SQL_COUNT\n};\n"
        print "struct sql_row {\n    const char *name, *text;\n};"
        print "extern const struct sql_row sql_table[SQL_COUNT];"
        print "#define SQL_MIGRATIONS " migrations
        print "extern const char *const sql_migrations[SQL_MIGRATIONS];\n\n#endif"
    } else {
        print "/* Generated from sql/ by sql/embed.awk. */\n#include \"sql_table.h\"\n"
        print "const struct sql_row sql_table[SQL_COUNT] = {"
        for (i = 1; i <= names; i++)
            printf "    { \"%s\",\n%s    },\n", tolower(name[i]), text[i]
        print "};\n"
        print "const char *const sql_migrations[SQL_MIGRATIONS] = {"
        for (i = 1; i <= migrations; i++)
            printf "%s    ,\n", migration_text[i]
        print "};"
    }
}
