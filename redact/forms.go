package redact

import (
	"regexp"
	"slices"
	"strings"
)

// form is a kind of secret that is known by what it looks like.
type form struct {
	// keywords are literal parts of every such secret: without one of them the expression is not tried.
	keywords []string
	re       func() *regexp.Regexp
	group    int // the group that is the secret; 0 is all of it
}

func newForm(expression string, group int, keywords ...string) form {
	return form{keywords: keywords, re: lazy(expression), group: group}
}

// forms are the secrets known by their form. Most vendors give their tokens a prefix so that they can be found.
var forms = []form{
	// AWS access key ids: docs.aws.amazon.com, "IAM identifiers", unique ID prefixes.
	newForm(`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`, 0, "AKIA", "ASIA", "ABIA", "ACCA"),
	// Google API keys, OAuth access tokens and client secrets.
	newForm(`\bAIza[\w-]{35}`, 0, "AIza"),
	newForm(`\bya29\.[\w-]{20,}`, 0, "ya29."),
	newForm(`\bGOCSPX-[\w-]{20,}`, 0, "GOCSPX-"),
	// GitHub: github.blog, "Behind GitHub's new authentication token formats".
	newForm(`\bgh[pousr]_[A-Za-z0-9]{30,}`, 0, "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
	newForm(`\bgithub_pat_\w{20,}`, 0, "github_pat_"),
	// GitLab: docs.gitlab.com, "Token overview", token prefixes.
	newForm(`\bgl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w.-]{16,}`, 0, "glpat-", "gloas-", "gldt-", "glrt-",
		"glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glsoat-", "glffct-", "glwt-"),
	// Slack: docs.slack.dev, "Tokens", and incoming webhooks.
	newForm(`\bxox[a-z](?:\.xox[a-z])?-[\w-]{10,}`, 0, "xox"),
	newForm(`\bxapp-[\w-]{10,}`, 0, "xapp-"),
	newForm(`hooks\.slack\.com/(?:services|workflows|triggers)/([\w/-]+)`, 1, "hooks.slack.com/"),
	// Discord and Teams webhooks are secrets as a whole too.
	newForm(`discord(?:app)?\.com/api/webhooks/([\w/-]+)`, 1, "/api/webhooks/"),
	newForm(`webhook\.office\.com/webhookb2/([\w@/-]+)`, 1, "webhook.office.com/"),
	// Stripe: secret, restricted and webhook signing keys. Publishable ones (pk_) are public.
	newForm(`\b[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,}`, 0, "k_live_", "k_test_", "k_prod_"),
	newForm(`\bwhsec_[A-Za-z0-9+/=]{20,}`, 0, "whsec_"),
	// Package registries: npm, PyPI, RubyGems, crates.io, Docker Hub.
	newForm(`\bnpm_[A-Za-z0-9]{36}`, 0, "npm_"),
	newForm(`\bpypi-[\w-]{32,}`, 0, "pypi-"),
	newForm(`\brubygems_[a-f0-9]{48}`, 0, "rubygems_"),
	newForm(`\bdckr_(?:pat|oat)_[\w-]{20,}`, 0, "dckr_"),
	// Others whose tokens carry a prefix.
	newForm(`\bSG\.[\w-]{16,}\.[\w-]{16,}`, 0, "SG."),
	newForm(`\bsk-[A-Za-z0-9_-]{20,}`, 0, "sk-"),
	newForm(`\bhf_[A-Za-z0-9]{30,}`, 0, "hf_"),
	newForm(`\bdo[opr]_v1_[a-f0-9]{32,}`, 0, "_v1_"),
	newForm(`\bhv[sbr]\.[\w-]{20,}`, 0, "hvs.", "hvb.", "hvr."),
	newForm(`\bATATT3[\w=-]{20,}`, 0, "ATATT3"),
	newForm(`\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}`, 0, "shp"),
	newForm(`\bgls?[ac]_[A-Za-z0-9+/=_]{32,}`, 0, "glsa_", "glc_"),
	newForm(`\bdapi[a-f0-9]{32}`, 0, "dapi"),
	newForm(`\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.]{20,}`, 0, "dp."),
	newForm(`\bNRAK-[A-Z0-9]{20,}`, 0, "NRAK-"),
	newForm(`\blin_api_[A-Za-z0-9]{30,}`, 0, "lin_api_"),
	newForm(`\bPMAK-[a-f0-9]{24}-[a-f0-9]{30,}`, 0, "PMAK-"),
	newForm(`\bSK[0-9a-f]{32}\b`, 0, "SK"),
	newForm(`\b[0-9]{8,10}:AA[\w-]{32,}`, 0, ":AA"), // Telegram bots
	newForm(`[\w~.]{3}8Q~[\w~.-]{31,34}`, 0, "8Q~"), // Entra ID client secrets
	newForm(`\bAGE-SECRET-KEY-1[0-9A-Z]{50,}`, 0, "AGE-SECRET-KEY-1"),
	// JSON Web Tokens and encrypted ones: base64url of `{"`, then two to four more parts (RFC 7515, RFC 7516).
	newForm(`\bey[IJ][\w-]{8,}(?:\.[\w-]*){2,4}`, 0, "eyJ", "eyI"),
	// The base64 of "-----BEGIN": PEM within a Secret or a kubeconfig.
	newForm(`\bLS0tLS1CRUdJTi[\w+/=-]+`, 0, "LS0tLS1CRUdJTi"),
	// A PEM private key whose lines were joined: what stands after the header up to the footer or the end.
	newForm(pemHeader+`((?:[^-\[]|-[^-])+)`, 1, "PRIVATE KEY"),
}

// pemHeader begins a PEM block with a private key (RFC 7468), an SSH or a PGP one.
const pemHeader = `-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----`

func appendForms(found []span, line string) []span {
	for _, f := range forms {
		if !containsAny(line, f.keywords) {
			continue
		}
		for _, at := range f.re().FindAllStringSubmatchIndex(line, -1) {
			if s := (span{at[2*f.group], at[2*f.group+1]}); strings.TrimSpace(line[s.start:s.end]) != "" {
				found = append(found, s)
			}
		}
	}
	return found
}

// sortSpans puts the spans in order of appearance.
func sortSpans(spans []span) {
	slices.SortFunc(spans, func(a, b span) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
}
