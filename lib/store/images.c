#include "store/images.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static bool is_named(const json_t *images, const char *name)
{
    const json_t *image = json_object_get(images, name);
    return json_is_string(json_object_get(image, "repository")) &&
           json_is_string(json_object_get(image, "tag"));
}

/* NULL when the file cannot be read; why says why. */
static json_t *read_file(const char *path, json_error_t *why)
{
    CLEANUP_FCLOSE FILE *f = fopen(path, "re");
    if (!f) {
        snprintf(why->text, sizeof(why->text), "%s", strerror(errno));
        return NULL;
    }
    char text[IMAGES_FILE_MAX];
    size_t n = fread(text, 1, sizeof(text), f);
    return json_loadb(text, n, 0, why);
}

char *images_fault(const struct config *config, const struct engine *engine)
{
    if (!config->helm_values)
        return NULL;
    json_error_t why = { 0 };
    json_auto_t *values = read_file(config->helm_values, &why);
    if (!values)
        return str_printf("The list of images, %s, cannot be read (%s). sudo ./up makes it again.",
                          config->helm_values, why.text);
    const json_t *images = json_object_get(values, "images");
    for (size_t i = 0; engine->images[i]; i++)
        if (!is_named(images, engine->images[i]))
            return str_printf("Its image \"%s\" is not there. %s", engine->images[i],
                              engine->images_come);
    return NULL;
}
