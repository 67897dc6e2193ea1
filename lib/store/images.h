/* Which engines can be had: an engine can when the file of configuration key helm_values names each
 * of its images. images/values prints that file, as JSON, which helm reads as the YAML that it is
 * too:
 *
 *     { "images": { "medusa": { "repository": ..., "tag": ... }, ... } }
 *
 * It is read at each question, so what was built meanwhile counts without a restart. */
#ifndef SW_STORE_IMAGES_H
#define SW_STORE_IMAGES_H

#include "store/config.h"
#include "store/engine.h"

#define IMAGES_FILE_MAX (64u << 10) /* bytes */

/* NULL: the engine can be had (also where no file is configured: the chart's own images are used
 * then). Else what is missing and what to do, for people; malloc'd. */
char *images_fault(const struct config *config, const struct engine *engine);

#endif
