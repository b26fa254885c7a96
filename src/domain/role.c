#include "domain/incident.h"

#include <string.h>

const struct role_info role_infos[ROLES] = {
	[ROLE_IC] = { "ic", "IC", "Incident commander",
	    "decides severity and priorities, asks for help, hands over; does not debug", true },
	[ROLE_COMMS] = { "comms", "COMMS", "Communications lead",
	    "writes and posts every update in time; another person than the IC", true },
	[ROLE_TECH] = { "tech", "TECH", "Technical lead",
	    "leads diagnosis and repair, says what is known and what is tried next", false },
	[ROLE_LIAISON] = { "liaison", "LIAISON", "Customer liaison",
	    "speaks with high-value and wholesale partners, brings back what they see", false },
};

int role_of(const char *id)
{
	for (int r = 0; r < ROLES; r++)
		if (strcmp(role_infos[r].id, id) == 0)
			return r;
	return -1;
}
