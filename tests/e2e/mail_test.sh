#!/bin/sh
# Mail to a server that is not ours: aiosmtpd wants STARTTLS and a log-in, and refuses one recipient.
# Without python3-aiosmtpd there is nothing to try.
set -eu

[ -n "${NOCBOARD:-}" ] || NOCBOARD=./nocboard
PYTHON=
for p in python3 /usr/bin/python3; do
	$p -c 'import aiosmtpd' 2>/dev/null && PYTHON=$p && break
done
[ -n "$PYTHON" ] || { echo "1..0 # skipped: no aiosmtpd"; exit 0; }
dir=$(mktemp -d)
server= engine=
end() {
	[ -z "$engine" ] || kill "$engine" 2>/dev/null || true
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	rm -rf "$dir"
}
trap end EXIT

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/key" -out "$dir/cert" -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost 2>/dev/null
cat >"$dir/server.py" <<'PY'
import email, email.policy, socket, ssl, sys, threading
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("no@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        m = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = m.get_body(("plain",)).get_content()
        print("mail", session.ssl is not None, session.authenticated, ",".join(envelope.rcpt_tos),
              m["Message-ID"], m["In-Reply-To"], m["Subject"], len(m.defects), "émergence" in text, flush=True)
        return "250 OK"

def log_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"noc" and data.password == b"s3cret")

s = socket.socket()
s.bind(("127.0.0.1", 0))
port = s.getsockname()[1]
s.close()
ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
ctx.load_cert_chain(sys.argv[1] + "/cert", sys.argv[1] + "/key")
Controller(Handler(), hostname="127.0.0.1", port=port, tls_context=ctx, require_starttls=True,
           authenticator=log_in, auth_required=True).start()
print(port, flush=True)
threading.Event().wait(60)
PY
mkfifo "$dir/said"
PYTHONIOENCODING=utf-8 $PYTHON "$dir/server.py" "$dir" >"$dir/said" 2>/dev/null &
server=$!
exec 4<"$dir/said"
read -r port <&4
printf 's3cret\n' >"$dir/password"
chmod 600 "$dir/password"
printf 'send_delay: 0s\n' >"$dir/policy.yaml"
cat >"$dir/nocboard.yaml" <<YAML
noc: { name: "Ténor NOC", journal: "$dir/j.db", socket: "$dir/s" }
regions: [ { id: FR, name: France, timezone: Europe/Paris } ]
components: [ { id: data, name: Mobile data, class: data } ]
channels: [ { id: mail, kind: email, smtp: "smtp://localhost:$port", ca: "$dir/cert", user: noc, password: { file: "$dir/password" }, from: noc@a.example } ]
audiences: [ { id: partners, channels: [mail] } ]
subscribers:
  - { id: a, name: A, email: ops@a.example, audience: partners, regions: [FR], components: ["*"] }
  - { id: b, name: B, email: no@b.example, audience: partners, regions: [FR], components: ["*"] }
policy: policy.yaml
YAML
run() { "$NOCBOARD" -c "$dir/nocboard.yaml" "$@"; }
mkfifo "$dir/ready"
"$NOCBOARD" engine -c "$dir/nocboard.yaml" --drill --log "$dir/log" --ready-fd 3 3>"$dir/ready" &
engine=$!
read -r _ <"$dir/ready"
run incident open --title t --severity 2 --regions FR --components data >/dev/null
for stage in initial progress; do
	changed=
	[ $stage = initial ] || changed="--field changed=c"
	# shellcheck disable=SC2086
	run update INC-1 --stage $stage --template $stage $changed --field summary="Pas de données – émergence" \
		--field impact=i --field known=k --field unknown=u --field next=n --field customer_actions=c \
		--next 30m --audience partners >/dev/null
done
for _ in 1 2; do
	read -r line <&4
	printf '%s\n' "$line" >>"$dir/mails"
done
for _ in $(seq 500); do # until both are recorded
	[ "$(run journal export | grep -c '"delivery"' || true)" -ge 2 ] && break
done

echo 1..4
fail=0
check() { # WHAT CONDITION…
	what=$1
	shift
	n=$((${n:-0} + 1))
	if "$@"; then echo "ok $n - $what"; else echo "not ok $n - $what"; fail=1; fi
}
first='mail True True ops@a.example <INC-1.2_mail@a.example> None [Ténor NOC] INC-1: France / Mobile data – Pas de données – émergence 0 True'
check "it goes by TLS, after the log-in, and reads as it was written" grep -qxF "$first" "$dir/mails"
check "the second hangs on the first" grep -q '<INC-1.2_mail@a.example> .Ténor NOC. INC-1: France / Mobile data – Pas de données – émergence 0' "$dir/mails"
check "who is refused does not sink the rest" sh -c "grep -q . '$dir/mails' && '$NOCBOARD' -c '$dir/nocboard.yaml' journal export | grep '\"delivery\"' | grep -q '1 of 2 told; no@b.example: 550 5.1.1'"
check "the password is in no log" sh -c "! grep -q s3cret '$dir/log'"
exit $fail
