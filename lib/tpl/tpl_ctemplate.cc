// tpl.h over libctemplate: the one file of C++. No exception leaves it but std::bad_alloc, which
// ends the process as mem.h does for C.
//
// The dictionaries are our own and not ctemplate::TemplateDictionary, because that one prints
// nothing for a variable nobody set and keeps no note of it.

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <ctemplate/template.h>

extern "C" { // the headers of base are plain C
#include "tpl/tpl.h"
}

using ctemplate::TemplateDictionaryInterface;
using ctemplate::TemplateString;

static const char PRAGMA[] = "{{%AUTOESCAPE context=\"HTML\"}}";

struct tpl_dict final : public TemplateDictionaryInterface {
    typedef std::vector<std::unique_ptr<tpl_dict>> list;

    tpl_dict *parent = nullptr;
    const char *file = nullptr; // of an include
    std::vector<std::pair<const char *, std::string>> values;
    std::vector<std::pair<const char *, list>> sections;
    std::vector<std::pair<const char *, list>> includes;
    mutable std::string missing; // in the outermost dictionary: the first name nobody set

    tpl_dict *add(std::vector<std::pair<const char *, list>> &to, const char *name)
    {
        auto it = std::find_if(to.begin(), to.end(),
                               [name](const auto &e) { return strcmp(e.first, name) == 0; });
        if (it == to.end())
            it = to.insert(to.end(), std::make_pair(name, list()));
        it->second.push_back(std::unique_ptr<tpl_dict>(new tpl_dict));
        it->second.back()->parent = this;
        return it->second.back().get();
    }

  protected:
    class list_iterator final : public TemplateDictionaryInterface::Iterator
    {
      public:
        explicit list_iterator(const list *l) : items(l)
        {
        }
        bool HasNext() const override
        {
            return items && at < items->size();
        }
        const TemplateDictionaryInterface &Next() override
        {
            return *(*items)[at++];
        }

      private:
        const list *items;
        size_t at = 0;
    };

    static bool is(const char *name, const TemplateString &wanted)
    {
        return strlen(name) == wanted.size() && memcmp(name, wanted.data(), wanted.size()) == 0;
    }

    static const list *find(const std::vector<std::pair<const char *, list>> &in,
                            const TemplateString &name)
    {
        for (const auto &e : in)
            if (is(e.first, name))
                return &e.second;
        return nullptr;
    }

    TemplateString GetValue(const TemplateString &name) const override
    {
        const tpl_dict *d = this;
        for (;; d = d->parent) {
            for (const auto &v : d->values)
                if (is(v.first, name))
                    return TemplateString(v.second.data(), v.second.size());
            if (!d->parent)
                break;
        }
        if (d->missing.empty())
            d->missing.assign(name.data(), name.size());
        return TemplateString("", 0);
    }

    // Sections and includes are looked up outwards too, as ctemplate's own dictionaries do.
    const list *find_outwards(std::vector<std::pair<const char *, list>> tpl_dict::*in,
                              const TemplateString &name) const
    {
        for (const tpl_dict *d = this; d; d = d->parent)
            if (const list *l = find(d->*in, name))
                return l;
        return nullptr;
    }

    bool IsHiddenSection(const TemplateString &name) const override
    {
        return !find_outwards(&tpl_dict::sections, name);
    }
    bool IsUnhiddenSection(const TemplateString &name) const override
    {
        return find_outwards(&tpl_dict::sections, name) != nullptr;
    }
    bool IsHiddenTemplate(const TemplateString &name) const override
    {
        return !find_outwards(&tpl_dict::includes, name);
    }
    const char *GetIncludeTemplateName(const TemplateString &name, int n) const override
    {
        const list *l = find_outwards(&tpl_dict::includes, name);
        return l && static_cast<size_t>(n) < l->size() ? (*l)[static_cast<size_t>(n)]->file : "";
    }
    Iterator *CreateTemplateIterator(const TemplateString &name) const override
    {
        return new list_iterator(find_outwards(&tpl_dict::includes, name));
    }
    Iterator *CreateSectionIterator(const TemplateString &name) const override
    {
        return new list_iterator(find_outwards(&tpl_dict::sections, name));
    }
    void DumpToString(std::string *out, int) const override
    {
        *out += "(dictionary)\n";
    }
};

struct tpl {
    ctemplate::TemplateCache cache;
    std::set<std::string> files;
    bool strict = false;
    char fingerprint[17] = "";
};

namespace
{

// ctemplate reports what does not parse on std::cerr; this keeps it for the error message.
class cerr_capture
{
  public:
    cerr_capture() : before(std::cerr.rdbuf(text.rdbuf()))
    {
    }
    ~cerr_capture()
    {
        std::cerr.rdbuf(before);
    }
    cerr_capture(const cerr_capture &) = delete;
    cerr_capture &operator=(const cerr_capture &) = delete;

    std::string line() const
    {
        std::string s = text.str();
        std::replace(s.begin(), s.end(), '\n', ' ');
        return s;
    }

  private:
    std::ostringstream text;
    std::streambuf *before;
};

class buf_emitter final : public ctemplate::ExpandEmitter
{
  public:
    explicit buf_emitter(struct buf *b) : out(b)
    {
    }
    void Emit(char c) override
    {
        buf_addc(out, c);
    }
    void Emit(const std::string &s) override
    {
        buf_add(out, s.data(), s.size());
    }
    void Emit(const char *s) override
    {
        buf_adds(out, s);
    }
    void Emit(const char *s, size_t n) override
    {
        buf_add(out, s, n);
    }

  private:
    struct buf *out;
};

int list_files(const char *folder, std::set<std::string> &files, struct err *err)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return err_errno(err, errno, "cannot read the templates folder %s", folder);
    while (const struct dirent *e = readdir(dir)) {
        const size_t n = strlen(e->d_name);
        if (n > 4 && strcmp(e->d_name + n - 4, ".tpl") == 0)
            files.insert(e->d_name);
    }
    closedir(dir);
    if (files.empty())
        return err_set(err, ERR_NOT_FOUND, "no template (*.tpl) in %s", folder);
    return 0;
}

void fnv1a(uint64_t &h, const std::string &s)
{
    for (unsigned char c : s)
        h = (h ^ c) * 1099511628211ULL;
}

int load_file(struct tpl *t, const std::string &folder, const std::string &name, uint64_t &hash,
              struct err *err)
{
    const std::string path = folder + "/" + name;
    std::ifstream in(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in)
        return err_set(err, ERR_UNAVAILABLE, "cannot read the template %s", path.c_str());
    if (text.compare(0, sizeof(PRAGMA) - 1, PRAGMA) != 0)
        return err_set(err, ERR_INVALID, "the template %s does not begin with %s", path.c_str(),
                       PRAGMA);
    cerr_capture said;
    if (!t->cache.LoadTemplate(name, ctemplate::STRIP_BLANK_LINES))
        return err_set(err, ERR_INVALID, "the template %s does not parse: %s", path.c_str(),
                       said.line().c_str());
    fnv1a(hash, name);
    fnv1a(hash, text);
    return 0;
}

} // namespace

extern "C" {

int tpl_open(struct tpl **out, const char *folder, bool strict, struct err *err)
{
    std::unique_ptr<struct tpl> t(new struct tpl);
    t->strict = strict;
    if (list_files(folder, t->files, err) < 0)
        return -1;
    t->cache.SetTemplateRootDirectory(folder);
    uint64_t hash = 14695981039346656037ULL;
    for (const std::string &name : t->files)
        if (load_file(t.get(), folder, name, hash, err) < 0)
            return -1;
    t->cache.Freeze(); // a running program never rereads a file
    snprintf(t->fingerprint, sizeof(t->fingerprint), "%016" PRIx64, hash);
    *out = t.release();
    return 0;
}

void tpl_close(struct tpl *t)
{
    delete t;
}

const char *tpl_fingerprint(const struct tpl *t)
{
    return t->fingerprint;
}

struct tpl_dict *tpl_dict_new(void)
{
    return new tpl_dict;
}

void tpl_dict_free(struct tpl_dict *d)
{
    delete d;
}

void tpl_set(struct tpl_dict *d, const char *name, const char *value)
{
    for (auto &v : d->values) {
        if (strcmp(v.first, name) == 0) {
            v.second = value ? value : "";
            return;
        }
    }
    d->values.emplace_back(name, value ? value : "");
}

void tpl_setf(struct tpl_dict *d, const char *name, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    const int n = vsnprintf(nullptr, 0, fmt, again);
    va_end(again);
    std::string text(n > 0 ? static_cast<size_t>(n) : 0, '\0');
    if (n > 0)
        vsnprintf(&text[0], text.size() + 1, fmt, ap);
    va_end(ap);
    tpl_set(d, name, text.c_str());
}

struct tpl_dict *tpl_section(struct tpl_dict *d, const char *name)
{
    return d->add(d->sections, name);
}

void tpl_show(struct tpl_dict *d, const char *name, bool show)
{
    if (show)
        d->add(d->sections, name);
}

struct tpl_dict *tpl_include(struct tpl_dict *d, const char *name, const char *file)
{
    struct tpl_dict *added = d->add(d->includes, name);
    added->file = file;
    return added;
}

int tpl_render(struct tpl *t, const char *file, const struct tpl_dict *d, struct buf *out,
               struct err *err)
{
    if (!t->files.count(file))
        return err_set(err, ERR_NOT_FOUND, "no template %s", file);
    d->missing.clear();
    buf_emitter to(out);
    // Every file is parsed already; what is left to fail is an included file that is not there.
    if (!t->cache.ExpandNoLoad(file, ctemplate::STRIP_BLANK_LINES, d, nullptr, &to))
        return err_set(err, ERR_INTERNAL,
                       "the template %s, or one it includes, cannot be filled in", file);
    if (out->overflow)
        return err_set(err, ERR_TOO_LARGE, "the page of %s is larger than %zu bytes", file,
                       out->max);
    if (t->strict && !d->missing.empty())
        return err_set(err, ERR_INTERNAL, "the template %s uses %s, which was not set", file,
                       d->missing.c_str());
    return 0;
}

} // extern "C"
