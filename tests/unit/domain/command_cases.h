/* What each command does and what refuses it, as scripts (see command_test.c). */
#ifndef TESTS_COMMAND_CASES_H
#define TESTS_COMMAND_CASES_H

#include "domain/event.h"

#define OPEN                                                                                       \
	"0 maria open {\"title\":\"Attach "                                                        \
	"failing\",\"severity\":2,\"regions\":\"FR\",\"components\":"                              \
	"[\"data\"],\"impact\":\"i\",\"started_at\":\"14:14\"}\n"
#define CANDIDATE "0 engine candidate\n"
#define FIELDS                                                                                     \
	"\"fields\":{\"impact\":\"a\",\"known\":\"b\",\"unknown\":\"c\",\"next\":\"d\","           \
	"\"customer_"                                                                              \
	"actions\":\"e\"}"
#define TEXTS FIELDS ",\"text\":{\"public\":\"x\"},\"audiences\":[\"public\"]"
#define UPDATE(stage) "{\"stage\":\"" stage "\",\"next\":\"30m\"," TEXTS "}\n"
#define LAST_UPDATE(stage) "{\"stage\":\"" stage "\"," TEXTS "}\n"
#define RESTORE "{\"workaround\":true}\n"
#define RESOLVE "{\"fix\":\"f\"}\n"
#define WHY "{\"reason\":\"r\"}"

#define REFUSED(rule) rule, EVENT_UNKNOWN, NULL

/* `refused`: the rule; NULL: accepted, with an event of this kind whose body has these members. */
static const struct {
	const char *script, *refused;
	enum event_kind kind;
	const char *members;
} cases[] = {
	/* open */
	{ "0 maria open {\"title\":\"a\",\"severity\":\"1\",\"regions\":\"FR, "
	  "IT\",\"components\":\"data\"}",
	    NULL, EVENT_OPENED,
	    "{\"title\":\"a\",\"severity\":1,\"regions\":[\"FR\",\"IT\"],\"components\":[\"data\"],"
	    "\"impact\":\"\",\"started_at\":\"2025-03-10T14:20:00.000Z\",\"source\":"
	    "\"operator\"}" },
	{ "0 maria open {\"title\":\"a\",\"severity\":1,\"regions\":\"FR\",\"components\":\"data\","
	  "\"started_at\":\"23:10\"}",
	    NULL, EVENT_OPENED, "{\"started_at\":\"2025-03-09T23:10:00.000Z\"}" },
	{ "0 maria open {\"severity\":1,\"regions\":\"FR\",\"components\":\"data\"}",
	    REFUSED("argument") },
	{ "0 maria open {\"title\":\" "
	  "\\n\",\"severity\":1,\"regions\":\"FR\",\"components\":\"data\"}",
	    REFUSED("argument") },
	{ "0 maria open "
	  "{\"title\":\"a\",\"severity\":5,\"regions\":\"FR\",\"components\":\"data\"}",
	    REFUSED("argument") },
	{ "0 maria open "
	  "{\"title\":\"a\",\"severity\":1.5,\"regions\":\"FR\",\"components\":\"data\"}",
	    REFUSED("argument") },
	{ "0 maria open "
	  "{\"title\":\"a\",\"severity\":1,\"regions\":\"XX\",\"components\":\"data\"}",
	    REFUSED("unknown") },
	{ "0 maria open {\"title\":\"a\",\"severity\":1,\"regions\":[],\"components\":\"data\"}",
	    REFUSED("argument") },
	{ "0 maria open {\"title\":\"a\",\"severity\":1,\"regions\":\"FR\",\"components\":\"fax\"}",
	    REFUSED("unknown") },
	{ "0 maria open {\"title\":\"a\",\"severity\":1,\"regions\":\"FR\",\"components\":\"data\","
	  "\"started_at\":\"2025-03-10T14:20:00.001Z\"}",
	    REFUSED("time") },
	{ "0 maria open {\"title\":\"a\",\"severity\":1,\"regions\":\"FR\",\"components\":\"data\","
	  "\"colour\":\"red\"}",
	    REFUSED("argument") },
	/* what there is not */
	{ OPEN "1 maria launch", REFUSED("unknown") },
	{ "0 maria ack", REFUSED("unknown") },
	/* approve: ana wrote the text that waits */
	{ OPEN "1 maria approve", NULL, EVENT_UPDATE_APPROVED,
	    "{\"hash\":\"ab\",\"by\":\"maria\"}" },
	{ OPEN "1 maria approve {\"hash\":\"ab\"}", NULL, EVENT_UPDATE_APPROVED,
	    "{\"hash\":\"ab\",\"by\":\"maria\"}" },
	{ OPEN "1 maria approve {\"hash\":\"cd\"}", REFUSED("approval") },
	{ OPEN "1 ana approve", REFUSED("approval") },
	/* ack */
	{ OPEN "1 maria ack", NULL, EVENT_ACKNOWLEDGED, "{}" },
	{ CANDIDATE "1 maria ack", NULL, EVENT_ACKNOWLEDGED, "{}" },
	{ OPEN "1 maria ack\n2 jon ack", REFUSED("done") },
	{ OPEN "1 maria ack {\"why\":1}", REFUSED("argument") },
	/* intake */
	{ OPEN "1 maria intake "
	       "{\"reporter\":\"Acme\",\"validated\":\"yes\",\"affected_percent\":\"12\"}",
	    NULL, EVENT_INTAKE,
	    "{\"reporter\":\"Acme\",\"validated\":true,\"affected_percent\":12}" },
	{ OPEN "1 maria intake {}", REFUSED("argument") },
	{ OPEN "1 maria intake {\"affected_percent\":101}", REFUSED("argument") },
	{ OPEN "1 maria intake {\"affected_percent\":-1}", REFUSED("argument") },
	{ OPEN "1 maria intake {\"urgency\":\"extreme\"}", REFUSED("argument") },
	{ OPEN "1 maria intake {\"validated\":\"maybe\"}", REFUSED("argument") },
	/* snooze */
	{ CANDIDATE "1 maria snooze {\"for\":\"30m\",\"reason\":\"r\"}", NULL, EVENT_SNOOZED,
	    "{\"until\":\"2025-03-10T14:51:00.000Z\",\"reason\":\"r\"}" },
	{ CANDIDATE "1 maria snooze {\"until\":\"14:20\",\"reason\":\"r\"}", NULL, EVENT_SNOOZED,
	    "{\"until\":\"2025-03-11T14:20:00.000Z\"}" },
	{ CANDIDATE "1 maria snooze {\"reason\":\"r\"}", REFUSED("argument") },
	{ CANDIDATE "1 maria snooze {\"for\":\"30m\"}", REFUSED("argument") },
	{ CANDIDATE "1 maria snooze {\"until\":\"2025-03-10T14:21:00Z\",\"reason\":\"r\"}",
	    REFUSED("time") },
	{ OPEN "1 maria snooze {\"for\":\"30m\",\"reason\":\"r\"}", REFUSED("phase") },
	/* remind */
	{ OPEN "1 maria remind {\"text\":\"call back\",\"in\":\"20m\"}", NULL, EVENT_REMINDER,
	    "{\"at_time\":\"2025-03-10T14:41:00.000Z\",\"text\":\"call back\",\"done\":false}" },
	{ OPEN "1 maria remind {\"text\":\"call back\"}", REFUSED("argument") },
	{ OPEN "1 maria remind {\"text\":\"a\",\"in\":\"20m\"}\n2 jon remind "
	       "{\"text\":\"a\",\"done\":true}",
	    NULL, EVENT_REMINDER, "{\"at_time\":\"2025-03-10T14:41:00.000Z\",\"done\":true}" },
	{ OPEN "1 maria remind {\"text\":\"a\",\"done\":true}", REFUSED("unknown") },
	{ OPEN "1 maria remind {\"text\":\"a\",\"in\":\"1 business day\"}", REFUSED("argument") },
	/* bridge */
	{ OPEN "1 maria bridge {\"url\":\"https://m.example/1\"}", NULL, EVENT_BRIDGE_SET,
	    "{\"url\":\"https://m.example/1\"}" },
	{ OPEN "1 maria bridge {}", REFUSED("argument") },
	{ OPEN "1 maria bridge {\"url\":\"javascript:x\"}", REFUSED("argument") },
	/* severity */
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}", NULL, EVENT_SEVERITY_CHANGED,
	    "{\"from\":2,\"to\":1,\"reason\":\"r\"}" },
	{ CANDIDATE "1 maria severity {\"severity\":1,\"reason\":\"r\",\"from\":2}", NULL,
	    EVENT_SEVERITY_CHANGED, "{\"from\":2,\"to\":1}" },
	{ OPEN "1 maria severity {\"severity\":1}", REFUSED("argument") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"\"}", REFUSED("argument") },
	{ OPEN "1 maria severity {\"severity\":2,\"reason\":\"r\"}", REFUSED("done") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\",\"from\":3}",
	    REFUSED("conflict") },
	/* scope */
	{ OPEN "1 maria scope {\"regions\":\"FR IT\",\"components\":\"data\",\"reason\":\"r\"}",
	    NULL, EVENT_SCOPE_CHANGED, "{\"regions\":[\"FR\",\"IT\"],\"components\":[\"data\"]}" },
	{ OPEN "1 maria scope {\"regions\":\"FR\",\"components\":\"data,data\",\"reason\":\"r\"}",
	    REFUSED("done") },
	{ OPEN "1 maria scope {\"regions\":\"FR\",\"components\":\"data\"}", REFUSED("argument") },
	{ OPEN "1 maria scope {\"regions\":{},\"components\":\"data\",\"reason\":\"r\"}",
	    REFUSED("argument") },
	/* role */
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}", NULL, EVENT_ROLE_ASSIGNED,
	    "{\"role\":\"ic\",\"person\":\"jon\"}" },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"bob\"}", REFUSED("unknown") },
	{ OPEN "1 maria role {\"role\":\"boss\",\"person\":\"jon\"}", REFUSED("argument") },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 jon role "
	       "{\"role\":\"ic\",\"person\":\"jon\"}",
	    REFUSED("done") },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 jon role "
	       "{\"role\":\"comms\",\"person\":\"jon\"}",
	    REFUSED("role-apart") },
	{ OPEN "1 maria role {\"role\":\"comms\",\"person\":\"jon\"}\n2 jon role "
	       "{\"role\":\"ic\",\"person\":\"jon\"}",
	    REFUSED("role-apart") },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 jon role "
	       "{\"role\":\"comms\",\"person\":\"jon\",\"override\":\"alone\"}",
	    NULL, EVENT_ROLE_ASSIGNED,
	    "{\"role\":\"comms\",\"person\":\"jon\",\"override\":\"alone\"}" },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 jon role "
	       "{\"role\":\"tech\",\"person\":\"jon\"}",
	    NULL, EVENT_ROLE_ASSIGNED, "{\"role\":\"tech\"}" },
	/* release */
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 jon release {\"role\":\"ic\"}",
	    NULL, EVENT_ROLE_RELEASED, "{\"role\":\"ic\"}" },
	{ OPEN "1 maria release {\"role\":\"ic\"}", REFUSED("done") },
	/* offer and accept */
	{ OPEN
	    "1 maria role {\"role\":\"ic\",\"person\":\"maria\"}\n2 maria offer {\"to\":\"jon\"}",
	    NULL, EVENT_COMMAND_OFFERED, "{\"to\":\"jon\"}" },
	{ OPEN "1 maria offer {\"to\":\"jon\"}", REFUSED("role") },
	{ OPEN
	    "1 maria role {\"role\":\"ic\",\"person\":\"maria\"}\n2 maria offer {\"to\":\"maria\"}",
	    REFUSED("done") },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"maria\"}\n2 maria role "
	       "{\"role\":\"comms\",\"person\":\"jon\"}\n3 maria offer {\"to\":\"jon\"}",
	    REFUSED("role-apart") },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"maria\"}\n2 maria offer "
	       "{\"to\":\"jon\"}\n3 jon "
	       "accept",
	    NULL, EVENT_COMMAND_ACCEPTED, "{}" },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"maria\"}\n2 maria offer "
	       "{\"to\":\"jon\"}\n3 ana "
	       "accept",
	    REFUSED("role") },
	{ OPEN "1 jon accept", REFUSED("role") },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"maria\"}\n2 maria offer "
	       "{\"to\":\"jon\"}\n3 ana "
	       "role {\"role\":\"comms\",\"person\":\"jon\"}\n4 jon accept",
	    REFUSED("role-apart") },
	/* the ladder */
	{ OPEN "1 maria escalate {\"to\":\"2\",\"contact\":\"ana\"}", NULL, EVENT_ESCALATED,
	    "{\"tier\":2,\"contact\":\"ana\",\"via\":\"phone\"}" },
	{ OPEN "1 maria escalate {\"to\":\"orange\",\"via\":\"portal\",\"reference\":\"T1\"}", NULL,
	    EVENT_ESCALATED, "{\"carrier\":\"orange\",\"via\":\"portal\",\"reference\":\"T1\"}" },
	{ OPEN "1 maria escalate {\"to\":1}", REFUSED("argument") },
	{ OPEN "1 maria escalate {\"to\":\"vodafone\"}", REFUSED("unknown") },
	{ OPEN "1 maria escalate {\"to\":2,\"via\":\"pigeon\"}", REFUSED("argument") },
	{ OPEN "1 maria escalate {\"to\":2,\"contact\":\"ana\"}\n2 maria answered {\"to\":2}", NULL,
	    EVENT_TIER_ACKNOWLEDGED, "{\"tier\":2,\"by\":\"ana\"}" },
	{ OPEN "1 maria answered {\"to\":2}", REFUSED("tier") },
	{ OPEN
	    "1 maria escalate {\"to\":2}\n2 maria answered {\"to\":2}\n3 jon answered {\"to\":2}",
	    REFUSED("done") },
	{ OPEN "1 maria involve {\"carrier\":\"orange\",\"reason\":\"r\"}", NULL,
	    EVENT_CARRIER_INVOLVED, "{\"carrier\":\"orange\",\"reason\":\"r\"}" },
	{ OPEN "1 maria involve {\"carrier\":\"orange\",\"reason\":\"r\"}\n2 maria involve "
	       "{\"carrier\":\"orange\",\"reason\":\"r\"}",
	    REFUSED("done") },
	{ OPEN "1 maria involve {\"carrier\":\"orange\",\"reason\":\"r\"}\n2 maria involve "
	       "{\"carrier\":\"orange\",\"reason\":\"r\",\"timeline\":\"2 h\"}",
	    NULL, EVENT_CARRIER_INVOLVED, "{\"timeline\":\"2 h\"}" },
	{ OPEN "1 maria involve {\"carrier\":\"orange\"}", REFUSED("argument") },
	{ OPEN "1 maria involve {\"carrier\":\"orange\",\"reason\":\"r\"}\n2 maria clear "
	       "{\"carrier\":\"orange\",\"reason\":\"r\"}",
	    NULL, EVENT_CARRIER_CLEARED, "{\"carrier\":\"orange\"}" },
	{ OPEN "1 maria clear {\"carrier\":\"orange\",\"reason\":\"r\"}", REFUSED("carrier") },
	/* work */
	{ OPEN "1 maria hypothesis {\"text\":\"a\\nb\"}", NULL, EVENT_HYPOTHESIS,
	    "{\"text\":\"a\\nb\"}" },
	{ OPEN "1 maria hypothesis {}", REFUSED("argument") },
	{ OPEN "1 maria note {\"text\":\"a\\u001b[2Jb\"}", NULL, EVENT_NOTE,
	    "{\"text\":\"a[2Jb\"}" },
	{ OPEN "1 maria action {\"text\":\"reroute\",\"eta_from\":\"15:00\",\"eta_to\":\"15:30\"}",
	    NULL, EVENT_ACTION,
	    "{\"id\":\"a1\",\"text\":\"reroute\",\"eta_from\":\"2025-03-10T15:00:00.000Z\",\"eta_"
	    "to\":"
	    "\"2025-03-10T15:30:00.000Z\"}" },
	{ OPEN "1 maria action {\"text\":\"a\"}\n2 maria action {\"text\":\"b\"}", NULL,
	    EVENT_ACTION, "{\"id\":\"a2\",\"text\":\"b\"}" },
	{ OPEN "1 maria action {\"text\":\"a\"}\n2 maria action {\"id\":\"a1\",\"done\":true}",
	    NULL, EVENT_ACTION, "{\"id\":\"a1\",\"done\":true}" },
	{ OPEN "1 maria action {\"text\":\"a\",\"eta_to\":\"15:30\"}", REFUSED("eta") },
	{ OPEN "1 maria action {\"text\":\"a\",\"eta_from\":\"15:30\",\"eta_to\":\"15:30\"}",
	    REFUSED("eta") },
	{ OPEN "1 maria action {\"id\":\"a9\",\"done\":true}", REFUSED("unknown") },
	{ OPEN "1 maria action {\"owner\":\"jon\"}", REFUSED("argument") },
	/* restore */
	{ OPEN
	    "5 maria restore {\"workaround\":true,\"residual\":\"slow\",\"restored_at\":\"14:23\"}",
	    NULL, EVENT_RESTORED,
	    "{\"workaround\":true,\"residual\":\"slow\",\"restored_at\":\"2025-03-10T14:23:00."
	    "000Z\"}" },
	{ OPEN "5 maria restore {}", REFUSED("argument") },
	{ OPEN "5 maria restore {\"workaround\":true,\"restored_at\":\"2025-03-10T14:26:00Z\"}",
	    REFUSED("time") },
	{ OPEN "5 maria restore {\"workaround\":true,\"restored_at\":\"2025-03-10T14:13:59Z\"}",
	    REFUSED("time") },
	{ OPEN "5 maria restore " RESTORE "6 jon restore {\"workaround\":true}", REFUSED("phase") },
	{ CANDIDATE "5 maria restore {\"workaround\":true}", REFUSED("phase") },
	/* resolve */
	{ OPEN "5 maria resolve {\"fix\":\"f\"}", NULL, EVENT_RESOLVED,
	    "{\"fix\":\"f\",\"resolved_at\":\"2025-03-10T14:25:00.000Z\"}" },
	{ OPEN "5 maria resolve {}", REFUSED("argument") },
	{ OPEN "5 maria restore " RESTORE
	       "9 maria resolve {\"fix\":\"f\",\"resolved_at\":\"14:24\"}",
	    REFUSED("time") },
	{ OPEN "5 maria resolve " RESOLVE "6 jon resolve {\"fix\":\"f\"}", REFUSED("phase") },
	{ CANDIDATE "5 maria resolve {\"fix\":\"f\"}", REFUSED("phase") },
	/* reopen */
	{ OPEN "5 maria restore " RESTORE "6 jon reopen " WHY, NULL, EVENT_REOPENED, WHY },
	{ OPEN "5 maria resolve " RESOLVE "6 jon reopen " WHY, NULL, EVENT_REOPENED, WHY },
	{ OPEN "5 maria dismiss " WHY "\n6 jon reopen " WHY, NULL, EVENT_REOPENED, WHY },
	{ OPEN "5 maria resolve " RESOLVE "6 jon reopen", REFUSED("argument") },
	{ OPEN "6 jon reopen " WHY, REFUSED("phase") },
	{ OPEN "5 maria merge {\"into\":\"INC-2\",\"reason\":\"r\"}\n6 jon reopen " WHY,
	    REFUSED("phase") },
	/* report */
	{ OPEN "5 maria resolve " RESOLVE "6 jon rca {\"stage\":\"draft\",\"reference\":\"d\"}",
	    NULL, EVENT_RCA_DELIVERED, "{\"stage\":\"draft\",\"reference\":\"d\"}" },
	{ OPEN "6 jon rca {\"stage\":\"draft\"}", REFUSED("phase") },
	{ OPEN "5 maria resolve " RESOLVE "6 jon rca {\"stage\":\"half\"}", REFUSED("argument") },
	/* merge */
	{ CANDIDATE "5 maria merge {\"into\":\"INC-2\",\"reason\":\"r\"}", NULL, EVENT_MERGED,
	    "{\"into\":\"INC-2\",\"reason\":\"r\"}" },
	{ OPEN "5 maria merge {\"into\":\"INC-1\",\"reason\":\"r\"}", REFUSED("merge") },
	{ OPEN "5 maria merge {\"into\":\"INC-9\",\"reason\":\"r\"}", REFUSED("unknown") },
	{ OPEN "5 maria merge {\"into\":\"elsewhere\",\"reason\":\"r\"}", REFUSED("argument") },
	{ OPEN "5 maria merge {\"into\":\"INC-2\"}", REFUSED("argument") },
	{ OPEN "5 maria resolve " RESOLVE "6 maria merge {\"into\":\"INC-2\",\"reason\":\"r\"}",
	    REFUSED("phase") },
	/* dismiss */
	{ CANDIDATE "5 maria dismiss " WHY, NULL, EVENT_DISMISSED, WHY },
	{ CANDIDATE "5 maria dismiss", REFUSED("argument") },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria dismiss " WHY, REFUSED("posted") },
	{ OPEN "5 maria dismiss " WHY "\n6 maria dismiss " WHY, REFUSED("phase") },
	/* close */
	{ OPEN "5 maria resolve " RESOLVE "6 maria close", REFUSED("untold") },
	{ OPEN "4 maria update " UPDATE("initial") "5 maria resolve " RESOLVE "6 maria close",
	    REFUSED("untold") },
	{ OPEN "4 maria update " UPDATE("initial") "5 maria resolve " RESOLVE
						   "6 maria update " LAST_UPDATE(
						       "resolved") "7 maria close",
	    REFUSED("rca") },
	{ OPEN "4 maria update " UPDATE(
	      "initial") "5 maria resolve " RESOLVE
			 "6 maria update " LAST_UPDATE(
			     "resolved") "7 maria rca {\"stage\":\"draft\"}\n8 maria close",
	    REFUSED("rca") },
	{ OPEN "4 maria update " UPDATE(
	      "initial") "5 maria resolve " RESOLVE
			 "6 maria update " LAST_UPDATE(
			     "resolved") "7 maria rca {\"stage\":\"final\"}\n8 maria close",
	    NULL, EVENT_CLOSED, "{}" },
	{ OPEN "1 maria severity {\"severity\":3,\"reason\":\"r\"}\n4 maria update " UPDATE(
	      "initial") "5 maria restore " RESTORE
			 "6 maria update " UPDATE("restored") "7 maria resolve " RESOLVE
							      "8 maria close",
	    REFUSED("rca") }, /* it was Sev 2 once */
	{ OPEN "1 maria severity {\"severity\":3,\"reason\":\"r\"}\n2 maria undo\n3 maria severity "
	       "{\"severity\":1,\"reason\":\"r\"}\n4 maria undo\n5 maria resolve " RESOLVE
	       "6 maria close",
	    REFUSED("untold") },
	{ OPEN "6 maria close", REFUSED("phase") },
	{ OPEN "5 maria dismiss " WHY "\n6 maria note {\"text\":\"t\"}", NULL, EVENT_NOTE,
	    "{\"text\":\"t\"}" },
	{ OPEN "5 maria dismiss " WHY "\n6 maria ack", REFUSED("phase") },
	/* update: stages */
	{ OPEN "5 maria update " UPDATE("initial"), NULL, EVENT_UPDATE_POSTED,
	    "{\"stage\":\"initial\",\"status\":\"investigating\",\"text\":{\"public\":\"x\"},"
	    "\"next_update_at\":\"2025-03-10T14:55:00.000Z\",\"audiences\":[\"public\"],"
	    "\"channels\":["
	    "\"page\"]}" },
	{ CANDIDATE "5 maria update " UPDATE("initial"), NULL, EVENT_UPDATE_POSTED, "{}" },
	{ OPEN "5 maria update " UPDATE("progress"), REFUSED("stage") },
	{ OPEN "5 maria update " UPDATE("correction"), REFUSED("stage") },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria update " UPDATE("initial"),
	    REFUSED("stage") },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria update " UPDATE("progress"), NULL,
	    EVENT_UPDATE_POSTED, "{\"stage\":\"progress\"}" },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria update " UPDATE("correction"), NULL,
	    EVENT_UPDATE_POSTED, "{\"status\":\"investigating\"}" },
	/* a correction goes to all who read what it corrects */
	{ OPEN "5 maria update " UPDATE(
	      "initial") "6 maria update "
			 "{\"stage\":\"correction\",\"next\":\"30m\"," FIELDS
			 ",\"text\":{\"partners\":\"x\"},\"audiences\":[\"partners\"]}",
	    REFUSED("audience") },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria restore " RESTORE
						   "7 maria update " UPDATE("progress"),
	    NULL, EVENT_UPDATE_POSTED, "{\"status\":\"monitoring\"}" },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria update " UPDATE("restored"),
	    REFUSED("stage") },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria restore " RESTORE
						   "7 maria update " UPDATE("restored"),
	    NULL, EVENT_UPDATE_POSTED, "{\"status\":\"monitoring\"}" },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria restore " RESTORE
						   "7 maria update " UPDATE("resolved"),
	    REFUSED("stage") },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria resolve " RESOLVE
						   "7 maria update " LAST_UPDATE("progress"),
	    REFUSED("stage") },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria resolve " RESOLVE
						   "7 maria update " LAST_UPDATE("resolved"),
	    NULL, EVENT_UPDATE_POSTED, "{\"status\":\"resolved\",\"next_update_at\":null}" },
	/* what was told of before it was reopened is over */
	{ OPEN "5 maria update " UPDATE("initial") "6 maria resolve " RESOLVE
						   "7 maria update " LAST_UPDATE(
						       "resolved") "8 maria reopen " WHY
								   "\n9 maria update " UPDATE(
								       "correction"),
	    NULL, EVENT_UPDATE_POSTED, "{\"status\":\"investigating\"}" },
	/* the status does not contradict the stage */
	{ OPEN "5 maria update " UPDATE("initial") "6 maria resolve " RESOLVE "7 maria update "
						   "{\"stage\":\"resolved\",\"status\":"
						   "\"monitoring\"," TEXTS "}",
	    REFUSED("stage") },
	{ OPEN "5 maria update " UPDATE("initial") "6 maria resolve " RESOLVE "7 maria update "
						   "{\"stage\":\"resolved\",\"status\":"
						   "\"resolved\"," TEXTS "}",
	    NULL, EVENT_UPDATE_POSTED, "{\"status\":\"resolved\"}" },
	{ OPEN
	    "5 maria update {\"stage\":\"initial\",\"status\":\"resolved\",\"next\":\"30m\"," TEXTS
	    "}",
	    REFUSED("stage") },
	{ OPEN "5 maria update {\"stage\":\"sometime\",\"next\":\"30m\"," TEXTS "}",
	    REFUSED("argument") },
	/* update: the promise */
	{ OPEN "5 maria update {\"stage\":\"initial\"," TEXTS "}", REFUSED("minimum") },
	{ OPEN "5 maria update {\"stage\":\"initial\",\"next\":\"60m\"," TEXTS "}", NULL,
	    EVENT_UPDATE_POSTED, "{\"next_update_at\":\"2025-03-10T15:25:00.000Z\"}" },
	{ OPEN "5 maria update {\"stage\":\"initial\",\"next\":\"61m\"," TEXTS "}",
	    REFUSED("cadence") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n5 maria update "
	       "{\"stage\":\"initial\",\"next\":\"31m\"," TEXTS "}",
	    REFUSED("cadence") },
	{ OPEN "1 maria severity {\"severity\":3,\"reason\":\"r\"}\n5 maria update "
	       "{\"stage\":\"initial\",\"next_update_at\":\"2025-03-11T14:25:00Z\"," TEXTS "}",
	    NULL, EVENT_UPDATE_POSTED, "{}" },
	{ OPEN "1 maria severity {\"severity\":3,\"reason\":\"r\"}\n5 maria update "
	       "{\"stage\":\"initial\",\"next_update_at\":\"2025-03-11T14:25:01Z\"," TEXTS "}",
	    REFUSED("cadence") },
	{ OPEN "1 maria severity {\"severity\":4,\"reason\":\"r\"}\n5 maria update " LAST_UPDATE(
	      "initial"),
	    NULL, EVENT_UPDATE_POSTED, "{\"next_update_at\":null}" },
	{ OPEN "5 maria update "
	       "{\"stage\":\"initial\",\"next_update_at\":\"2025-03-10T14:25:00Z\"," TEXTS "}",
	    REFUSED("time") },
	/* update: audiences and channels */
	{ OPEN
	    "5 maria update {\"stage\":\"initial\",\"next\":\"30m\",\"fields\":{\"impact\":\"a\","
	    "\"known\":\"b\",\"unknown\":\"c\",\"next\":\"d\",\"customer_actions\":\"e\"},\"text\":"
	    "{"
	    "\"internal\":\"x\"},\"audiences\":\"internal\"}",
	    REFUSED("audience") },
	{ OPEN
	    "5 maria update {\"stage\":\"initial\",\"next\":\"30m\",\"fields\":{\"impact\":\"a\","
	    "\"known\":\"b\",\"unknown\":\"c\",\"next\":\"d\",\"customer_actions\":\"e\"},\"text\":"
	    "{"
	    "\"public\":\"x\"},\"audiences\":\"public,partners\"}",
	    REFUSED("audience") },
	{ OPEN
	    "5 maria update {\"stage\":\"initial\",\"next\":\"30m\",\"fields\":{\"impact\":\"a\","
	    "\"known\":\"b\",\"unknown\":\"c\",\"next\":\"d\",\"customer_actions\":\"e\"},\"text\":"
	    "{"
	    "\"public\":\"x\",\"partners\":\"y\"},\"audiences\":\"public\"}",
	    REFUSED("audience") },
	{ OPEN
	    "5 maria update {\"stage\":\"initial\",\"next\":\"30m\",\"fields\":{\"impact\":\"a\","
	    "\"known\":\"b\",\"unknown\":\"c\",\"next\":\"d\",\"customer_actions\":\"e\"},\"text\":"
	    "{"
	    "\"public\":\"x\",\"partners\":\"y\"},\"audiences\":\"public partners\"}",
	    NULL, EVENT_UPDATE_POSTED, "{\"channels\":[\"page\",\"mail\"]}" },
	{ OPEN "5 maria update "
	       "{\"stage\":\"initial\",\"next\":\"30m\",\"channels\":\"war-room\"," TEXTS "}",
	    REFUSED("audience") },
	{ OPEN
	    "5 maria update {\"stage\":\"initial\",\"next\":\"30m\",\"channels\":\"telex\"," TEXTS
	    "}",
	    REFUSED("unknown") },
	{ OPEN
	    "5 maria update {\"stage\":\"initial\",\"next\":\"30m\",\"channels\":[\"page\"]," TEXTS
	    "}",
	    NULL, EVENT_UPDATE_POSTED, "{\"channels\":[\"page\"]}" },
	{ OPEN "5 maria update {\"stage\":\"initial\",\"fields\":{},\"text\":{\"moon\":\"x\"},"
	       "\"audiences\":\"moon\"}",
	    REFUSED("unknown") },
	/* update: the minimum */
	{ OPEN
	    "5 maria update {\"stage\":\"initial\",\"next\":\"30m\",\"fields\":{\"impact\":\"a\","
	    "\"known\":\"b\",\"unknown\":\" "
	    "\\n\",\"next\":\"d\",\"customer_actions\":\"e\"},\"text\":{"
	    "\"public\":\"x\"},\"audiences\":\"public\"}",
	    REFUSED("minimum") },
	{ OPEN "5 maria update "
	       "{\"stage\":\"initial\",\"next\":\"30m\",\"fields\":{\"impact\":7},\"text\":{"
	       "\"public\":\"x\"},\"audiences\":\"public\"}",
	    REFUSED("argument") },
	{ OPEN "5 maria update {\"stage\":\"initial\",\"next\":\"30m\",\"fields\":[],\"text\":{},"
	       "\"audiences\":\"public\"}",
	    REFUSED("argument") },
	/* undo */
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n2 maria undo", NULL,
	    EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2,\"undo_of\":2}" },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n2 maria note "
	       "{\"text\":\"t\"}\n3 maria "
	       "undo {\"version\":2}",
	    NULL, EVENT_SEVERITY_CHANGED, "{\"from\":1,\"to\":2,\"undo_of\":2}" },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n2 jon undo", REFUSED("undo") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n2 jon undo {\"version\":2}",
	    REFUSED("undo") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n2 jon severity "
	       "{\"severity\":3,\"reason\":\"r\"}\n3 maria undo",
	    REFUSED("undo") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n2 maria undo\n3 maria undo",
	    REFUSED("undo") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n2 maria undo\n3 maria undo "
	       "{\"version\":2}",
	    REFUSED("undo") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n2 maria undo\n3 maria undo "
	       "{\"version\":3}",
	    REFUSED("undo") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n12 maria undo",
	    REFUSED("undo") },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"r\"}\n11 maria undo", NULL,
	    EVENT_SEVERITY_CHANGED, "{\"undo_of\":2}" },
	{ OPEN "1 maria ack\n2 maria undo {\"version\":2}", REFUSED("undo") },
	{ OPEN "1 maria undo {\"version\":9}", REFUSED("undo") },
	{ OPEN "1 maria scope {\"regions\":\"IT\",\"components\":\"sms\",\"reason\":\"r\"}\n2 "
	       "maria undo",
	    NULL, EVENT_SCOPE_CHANGED,
	    "{\"regions\":[\"FR\"],\"components\":[\"data\"],\"undo_of\":2}" },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 maria undo", NULL,
	    EVENT_ROLE_RELEASED, "{\"role\":\"ic\",\"undo_of\":2}" },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 maria role "
	       "{\"role\":\"ic\",\"person\":\"ana\"}\n3 maria undo",
	    NULL, EVENT_ROLE_ASSIGNED, "{\"role\":\"ic\",\"person\":\"jon\",\"undo_of\":3}" },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 maria role "
	       "{\"role\":\"ic\",\"person\":\"ana\"}\n3 ana role "
	       "{\"role\":\"comms\",\"person\":\"jon\"}\n4 maria undo",
	    REFUSED("role-apart") },
	{ OPEN "1 maria role {\"role\":\"ic\",\"person\":\"jon\"}\n2 maria release "
	       "{\"role\":\"ic\"}\n3 "
	       "maria undo",
	    NULL, EVENT_ROLE_ASSIGNED, "{\"role\":\"ic\",\"person\":\"jon\",\"undo_of\":3}" },
	{ OPEN "1 maria action {\"text\":\"a\"}\n2 maria undo", NULL, EVENT_ACTION,
	    "{\"id\":\"a1\",\"undo_of\":2}" },
	{ OPEN "1 jon action {\"text\":\"a\",\"owner\":\"jon\"}\n2 maria action "
	       "{\"id\":\"a1\",\"done\":true,\"owner\":\"ana\"}\n3 maria undo",
	    NULL, EVENT_ACTION,
	    "{\"id\":\"a1\",\"text\":\"a\",\"owner\":\"jon\",\"eta_from\":null,\"done\":false}" },
	{ OPEN "1 maria remind {\"text\":\"a\",\"in\":\"20m\"}\n2 maria undo", NULL, EVENT_REMINDER,
	    "{\"at_time\":\"2025-03-10T14:41:00.000Z\",\"text\":\"a\",\"done\":true,\"undo_of\":"
	    "2}" },
	{ CANDIDATE "1 maria snooze {\"for\":\"30m\",\"reason\":\"r\"}\n2 maria undo", NULL,
	    EVENT_SNOOZED, "{\"until\":\"2025-03-10T14:22:00.000Z\",\"undo_of\":2}" },
	/* two people at once */
	{ OPEN "1 jon severity {\"severity\":1,\"reason\":\"grew\"}\n2 maria severity #1 "
	       "{\"severity\":3,\"reason\":\"r\"}",
	    REFUSED("conflict") },
	{ OPEN "1 jon severity {\"severity\":1,\"reason\":\"grew\"}\n2 maria severity #2 "
	       "{\"severity\":3,\"reason\":\"r\"}",
	    NULL, EVENT_SEVERITY_CHANGED, "{\"from\":1}" },
	{ OPEN "1 maria severity {\"severity\":1,\"reason\":\"grew\"}\n2 maria severity #1 "
	       "{\"severity\":3,\"reason\":\"r\"}",
	    NULL, EVENT_SEVERITY_CHANGED, "{\"from\":1}" },
	{ OPEN "1 jon severity {\"severity\":1,\"reason\":\"grew\"}\n2 maria scope #1 "
	       "{\"regions\":\"IT\",\"components\":\"data\",\"reason\":\"r\"}",
	    NULL, EVENT_SCOPE_CHANGED, "{}" },
	{ OPEN "1 jon role {\"role\":\"tech\",\"person\":\"jon\"}\n2 maria role #1 "
	       "{\"role\":\"ic\",\"person\":\"maria\"}",
	    NULL, EVENT_ROLE_ASSIGNED, "{}" },
	{ OPEN "1 jon role {\"role\":\"ic\",\"person\":\"jon\"}\n2 maria role #1 "
	       "{\"role\":\"ic\",\"person\":\"maria\"}",
	    REFUSED("conflict") },
	{ OPEN "1 jon role {\"role\":\"ic\",\"person\":\"jon\"}\n2 maria role "
	       "{\"role\":\"ic\",\"person\":\"maria\"}",
	    NULL, EVENT_ROLE_ASSIGNED, "{}" },
	{ OPEN "1 jon severity {\"severity\":1,\"reason\":\"grew\"}\n2 maria update #1 " UPDATE(
	      "initial"),
	    REFUSED("conflict") },
	{ OPEN "1 jon update " UPDATE("initial") "2 maria update #1 " UPDATE("progress"),
	    REFUSED("conflict") },
	{ OPEN "1 jon note {\"text\":\"t\"}\n2 maria update #1 " UPDATE("initial"), NULL,
	    EVENT_UPDATE_POSTED, "{}" },
	{ OPEN "1 jon ack\n2 maria restore #1 {\"workaround\":true}", REFUSED("conflict") },
	/* deliveries by hand */
	{ OPEN "4 maria update " UPDATE("initial") "5 ana retry {\"destination\":\"page\"}", NULL,
	    EVENT_DELIVERY,
	    "{\"update\":2,\"destination\":\"page\",\"state\":\"failed\",\"again\":true,"
	    "\"attempts\":0}" },
	{ OPEN "4 maria update " UPDATE("initial") "5 ana retry {\"destination\":\"fax\"}",
	    REFUSED("unknown") },
	{ OPEN "4 maria update " UPDATE(
	      "initial") "5 ana retry {\"destination\":\"page\",\"update\":1}",
	    REFUSED("unknown") },
	{ OPEN "4 maria update " UPDATE("initial") "5 ana give-up {\"destination\":\"page\"}",
	    REFUSED("argument") },
	{ OPEN "4 maria update " UPDATE(
	      "initial") "5 ana give-up {\"destination\":\"page\",\"reason\":\"they moved\"}",
	    NULL, EVENT_DELIVERY,
	    "{\"update\":2,\"state\":\"given_up\",\"detail\":\"given up by hand: they moved\"}" },
	{ OPEN "4 maria update " UPDATE(
	      "initial") "5 ana give-up {\"destination\":\"page\",\"reason\":\"r\"}\n"
			 "6 ana give-up {\"destination\":\"page\",\"reason\":\"r\"}",
	    REFUSED("unknown") },
	{ OPEN "4 maria update " UPDATE(
	      "initial") "5 ana give-up {\"destination\":\"page\",\"reason\":\"r\"}\n"
			 "6 ana give-up {\"destination\":\"page\",\"update\":2,\"reason\":\"r\"}",
	    REFUSED("delivery") },
	{ OPEN "4 maria update " UPDATE(
	      "initial") "5 ana give-up {\"destination\":\"page\",\"reason\":\"r\"}\n"
			 "6 jon retry {\"destination\":\"page\"}",
	    NULL, EVENT_DELIVERY, "{\"update\":2,\"state\":\"failed\",\"again\":true}" },
};

#endif
