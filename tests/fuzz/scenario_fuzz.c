/* A scenario from a file that anybody may have written. */
#include "domain/scenario.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cfg_source source = { "scenario.yaml", (const char *)data, size };
	struct cfg_problems problems = { 0 };
	struct scenario *s = scenario_load(&source, &problems);
	char *config;

	if (!s != (problems.count > 0))
		abort();
	if (s) {
		for (size_t i = 0; i < s->world.count; i++)
			if (s->world.items[i].at_ms < 0)
				abort();
		config = scenario_config(s, "127.0.0.1:1", "127.0.0.1:25", "user", "/tmp/x");
		if (strstr(config, "{scratch}"))
			abort();
		free(config);
	}
	scenario_free(s);
	cfg_problems_fini(&problems);
	return 0;
}
