vcl 4.1;

# Evergreen behind Varnish. Pages are kept under the tags that the shop names in Cache-Tag and purged by them, by
# vmod_xkey of varnish-modules. Placeholders in double braces are filled in by edge/varnish/startVarnish.ts, or by hand.

import directors;
import std;
import var;
import vsthrottle;
import xkey;

include "./versions.vcl";

#each instance
backend {{name}} {
  .host = "{{origin_host}}";
  .port = "{{origin_port}}";
  .connect_timeout = 2s;
  .first_byte_timeout = 35s;
  .probe = { .url = "/api/health"; .interval = 1s; .timeout = 1s; .window = 3; .threshold = 2; .initial = 2; }
}
# The same, asked for what can be asked twice while no instance answers its probe in time: they may be busy, and Varnish
# would ask none of them.
backend {{name}}_unprobed {
  .host = "{{origin_host}}";
  .port = "{{origin_port}}";
  .connect_timeout = 2s;
  .first_byte_timeout = 35s;
}
#end

sub vcl_init {
  new shop = directors.shard();
  new unprobed = directors.shard();
#each instance
  shop.add_backend({{name}});
  unprobed.add_backend({{name}}_unprobed, ident="{{name}}");
#end
  shop.reconfigure();
  unprobed.reconfigure();
}

# Addresses that may purge, besides knowing the secret.
acl purgers {
  "localhost";
  "127.0.0.1";
  "::1";
#each network
  "{{network}}"/{{bits}};
#end
}

sub vcl_recv {
  set req.backend_hint = shop.backend(by=URL);

  if (req.method == "PURGE") {
    if (client.ip !~ purgers || req.http.x-purge-secret != "{{secret}}") { return (synth(403, "Forbidden")); }
    # In this order: from now on a page with an older version is not kept, however late it arrives, and not shown. To publish a
    # version again drops nothing.
    if (req.http.x-publish) {
      unset req.http.xkey-purge;
      C{
        note(VRT_GetHdr(ctx, &VGC_HDR_REQ_x_2d_publish), ctx->now);
        VRT_SetHdr(ctx, &VGC_HDR_REQ_xkey_2d_purge, 0, TOSTRAND(raised));
      }C
    } elsif (req.http.xkey-purge) {
      C{ note(VRT_GetHdr(ctx, &VGC_HDR_REQ_xkey_2d_purge), ctx->now); }C
    } elsif (!req.http.x-confirmed) {
      return (synth(400, "xkey-purge is missing"));
    }
    # In a call of its own, after those that publish. The answer has the moment that a later one may name.
    set req.http.x-begun = "1";
    C{
      if (!confirm(VRT_GetHdr(ctx, &VGC_HDR_REQ_x_2d_confirmed), ctx->now))
        VRT_UnsetHdr(ctx, &VGC_HDR_REQ_x_2d_begun);
    }C
    if (req.http.x-begun) { ban("obj.http.Cache-Tag ~ @"); }
    set req.http.x-moment = std.time2real(now, 0.0);
    # Hard: a page with a price may not outlive its purge, not even as grace.
    set req.http.x-purged = "0";
    if (req.http.xkey-purge) { set req.http.x-purged = xkey.purge(req.http.xkey-purge); }
    return (synth(200, "Purged"));
  }

  # By hand, for what has no key: all addresses that match. The shop makes one when it confirms again. Each ban is compared with every older
  # object, so there is a limit that a script in a loop meets first; the lurker can do it, because no ban names a request.
  if (req.method == "BAN") {
    if (client.ip !~ purgers || req.http.x-purge-secret != "{{secret}}") { return (synth(403, "Forbidden")); }
    if (req.http.x-ban-url !~ "^[A-Za-z0-9/_.^$*+()|-]{1,200}$") { return (synth(400, "x-ban-url is missing, or is more than a pattern")); }
    if (vsthrottle.is_denied("bans", {{bans_a_minute}}, 60s)) { return (synth(429, "Too many bans: purge by key")); }
    # Answers to requests of before that moment are not kept. Rounded: a millisecond later.
    var.global_set("banned", std.time2real(now, 0.0) + 0.001);
    ban("obj.http.x-url ~ " + req.http.x-ban-url);
    return (synth(200, "Banned"));
  }

  # A path that two readers may read in two ways.
  if (req.url ~ "(?i)^[^?]*(%2e%2e|%2f|%5c|%[01][0-9a-f]|%7f|/\.\.?(/|\?|$)|[;\\]|//)") { return (synth(400, "Bad address")); }
  # A percent sign that encodes nothing. The shop refuses an encoding other than UTF-8.
  if (req.url ~ "(?i)^[^?]*%(?![0-9a-f][0-9a-f])") { return (synth(400, "Bad address")); }
  if (req.url ~ "(?i)^/(api/internal|api/metrics|metrics|__edge)(/|\?|$)") { return (synth(404, "Not found")); }

  # Whom the shop believes to be the client: the address of the connection, or what a proxy of this machine says. Varnish has
  # added the connection's to the header.
  set req.http.X-Edge-Client-Address = client.ip;
  if ({{behind_proxy}} && client.ip ~ purgers && req.http.X-Forwarded-For ~ ",") {
    set req.http.X-Edge-Client-Address = regsub(req.http.X-Forwarded-For, "^(?:.*,)?\s*([^,\s]+)\s*,[^,]*$", "\1");
  }
  set req.http.X-Edge-Proof = "{{proof}}";
  unset req.http.X-Forwarded-For;

  # No visitor speaks in the name of a proxy, of Next or of another process of the shop.
  unset req.http.Forwarded;
  unset req.http.X-Forwarded-Host;
  unset req.http.X-Forwarded-Proto;
  unset req.http.X-Forwarded-Port;
  unset req.http.X-Forwarded-Prefix;
  unset req.http.X-Forwarded-Server;
  unset req.http.X-Real-IP;
  unset req.http.X-Original-URL;
  unset req.http.X-Original-Host;
  unset req.http.X-Rewrite-URL;
  unset req.http.X-HTTP-Method-Override;
  unset req.http.X-HTTP-Method;
  unset req.http.X-Method-Override;
  unset req.http.X-Middleware-Subrequest;
  unset req.http.X-Matched-Path;
  unset req.http.X-Invoke-Path;
  unset req.http.X-Nextjs-Data;
  unset req.http.X-Prerender-Revalidate;
  unset req.http.X-Internal-Secret;
  unset req.http.X-Purge-Secret;
  unset req.http.x-purged;
  unset req.http.x-publish;
  unset req.http.x-confirmed;
  unset req.http.x-begun;
  unset req.http.x-moment;
  unset req.http.x-behind;
  unset req.http.x-unconfirmed;
  unset req.http.x-variant;
  unset req.http.x-query;
  set req.http.X-Forwarded-Host = "{{public_host}}";
  set req.http.X-Forwarded-Proto = "{{public_proto}}";

  # Grace is for a shop that is away, not for one that is slow.
  if (std.healthy(req.backend_hint)) { set req.grace = 0s; }

  if (req.method != "GET" && req.method != "HEAD") { return (pass); }
  if (req.http.Authorization || req.http.Range || req.http.Next-Action || req.http.Next-Instant-Navigation-Testing || req.http.Upgrade) { return (pass); }
  if (req.http.Cookie ~ "(^|;\s*)(__Secure-|__Host-)?(evergreen\.[^=]*|__prerender_bypass|__next_preview_data)=") { return (pass); }

  if (req.url ~ "^/(_next/static|images|og|api/recommendations)/[A-Za-z0-9._~/-]+$") {
    unset req.http.Cookie;
    return (hash);
  }
  if (req.url ~ "^/({{locales}})({{pages}})(\?|$)") {
    if (req.http.RSC) {
      # Without _rsc Next redirects, and its answer is for this visitor alone.
      if (req.http.RSC != "1" || req.url !~ "[?&]_rsc=[A-Za-z0-9_-]+") { return (pass); }
      set req.url = regsub(req.url, "\?.*[?&]?_rsc=([A-Za-z0-9_-]+).*$", "?_rsc=\1");
      set req.http.x-variant = "rsc " + req.http.Next-Router-Prefetch + " " + req.http.Next-Router-Segment-Prefetch + " "
        + req.http.Next-Router-State-Tree + " " + req.http.Next-Url;
    } else {
      if (req.http.Next-Router-Prefetch || req.http.Next-Router-Segment-Prefetch) { return (pass); }
      set req.http.x-query = regsub(req.url, "^[^?]*", "");
      set req.url = regsub(req.url, "\?.*$", "");
      set req.http.x-variant = "html";
      unset req.http.Next-Router-State-Tree;
      unset req.http.Next-Url;
      set req.http.Accept = "text/html";
    }
    unset req.http.Cookie;
    unset req.http.Accept-Language;
    unset req.http.User-Agent;
    return (hash);
  }
  return (pass);
}

# The host is not part of the key: there is one shop behind every name that a client sends.
sub vcl_hash {
  hash_data(req.url);
  hash_data(req.http.x-variant);
  return (lookup);
}

sub vcl_backend_fetch {
  # For this request only; not sent to the shop.
  var.set_real("asked", std.time2real(now, 0.0));
  unset bereq.http.x-variant;
  unset bereq.http.x-query;
  set bereq.http.Host = "{{host}}";
  # Varnish asks the next instance, too, for a repeatable request when the first is silent: it may be frozen. A slow render
  # goes on where it began, and the next instance waits for it.
  set bereq.backend = shop.backend(by=URL, alt=bereq.retries);
  # Varnish keeps what was set for the first.
  set bereq.first_byte_timeout = 35s;
  if (bereq.method == "GET" || bereq.method == "HEAD") {
    if (!std.healthy(bereq.backend)) {
      set bereq.backend = unprobed.backend(by=URL, alt=bereq.retries);
      set bereq.first_byte_timeout = 5s;
    }
    if (bereq.retries < {{retries}}) { set bereq.first_byte_timeout = 1.5s; }
  }
}

# Not kept. Remembered for a moment, so that requests for the same are not served one after the other; what can be kept
# again, is.
sub for_one {
  set beresp.uncacheable = true;
  set beresp.ttl = 1s;
  set beresp.grace = 0s;
  set beresp.keep = 0s;
}

sub vcl_backend_response {
  # Before it is shown, also to one visitor alone.
  C{ observe(VRT_GetHdr(ctx, &VGC_HDR_BERESP_Cache_2d_Tag), ctx->now); }C
  # Next names router headers in Vary; they are in the key already, where they matter.
  # A redirect that names its versions is kept as a page is: a renamed product or category.
  if (bereq.uncacheable || (beresp.status != 200 && beresp.status != 301) || beresp.http.Set-Cookie || beresp.http.Cache-Control ~ "(?i)no-store|private") {
    call for_one;
    return (deliver);
  }
  # A version was published, or a tag purged, while this page was on its way, or nothing is confirmed: right for the visitor that
  # asked, and not kept.
  set beresp.http.x-asked = var.get_real("asked");
  if (beresp.http.Cache-Tag) {
    set beresp.http.x-behind = "1";
    C{
      if (!is_behind(VRT_GetHdr(ctx, &VGC_HDR_BERESP_Cache_2d_Tag), VRT_GetHdr(ctx, &VGC_HDR_BERESP_x_2d_asked))
          && is_believed(VRT_GetHdr(ctx, &VGC_HDR_BERESP_x_2d_asked), ctx->now))
        VRT_UnsetHdr(ctx, &VGC_HDR_BERESP_x_2d_behind);
    }C
  }
  if (beresp.http.x-behind || var.get_real("asked") <= std.real(var.global_get("banned"), 0.0)) {
    call for_one;
    return (deliver);
  }
  set beresp.http.x-url = bereq.url;
  if (beresp.http.Cache-Control ~ "immutable") {
    set beresp.ttl = 365d;
    set beresp.grace = 1d;
    return (deliver);
  }
  if (beresp.http.Cache-Tag ~ "@") {
    # Varnish forgets versions: the purge is what keeps a page fresh, and this bounds what a lost one costs.
    set beresp.ttl = {{page_ttl}};
    # xkey wants its keys apart by spaces.
    set beresp.http.xkey = regsuball(beresp.http.Cache-Tag, ",", " ");
    set beresp.http.x-vary = beresp.http.Vary;
    set beresp.http.Vary = "Accept-Encoding";
    if (beresp.http.Cache-Tag ~ "(^|,)({{volatile}}):") {
      set beresp.grace = 0s; # a price is never served for want of a newer one
    } else {
      set beresp.grace = 1d; # stale-if-error
    }
    set beresp.keep = 0s;
    return (deliver);
  }
  call for_one;
  return (deliver);
}

# A page can pass the check above and be stored after the purge that was meant for it. And the shop may not reach Varnish: without a
# confirmation all pages come from it, but those without a price while it is away.
sub vcl_hit {
  if (obj.http.Cache-Tag && obj.http.x-asked) {
    set req.http.x-behind = "1";
    set req.http.x-unconfirmed = "1";
    C{
      if (!is_behind(VRT_GetHdr(ctx, &VGC_HDR_OBJ_Cache_2d_Tag), VRT_GetHdr(ctx, &VGC_HDR_OBJ_x_2d_asked)))
        VRT_UnsetHdr(ctx, &VGC_HDR_REQ_x_2d_behind);
      if (is_believed(VRT_GetHdr(ctx, &VGC_HDR_OBJ_x_2d_asked), ctx->now))
        VRT_UnsetHdr(ctx, &VGC_HDR_REQ_x_2d_unconfirmed);
    }C
    if (req.http.x-behind) { return (pass); }
    if (req.http.x-unconfirmed && (obj.http.Cache-Tag ~ "(^|,)({{volatile}}):" || std.healthy(req.backend_hint))) { return (pass); }
  }
}

sub vcl_deliver {
  # One redirect is kept for all queries: each visitor takes its own along.
  if (resp.status == 301 && req.http.x-query) { set resp.http.Location = resp.http.Location + req.http.x-query; }
  if (resp.http.x-vary) { set resp.http.Vary = resp.http.x-vary; }
  unset resp.http.x-vary;
  unset resp.http.x-url;
  unset resp.http.x-asked;
  unset resp.http.x-behind;
  unset resp.http.xkey;
  unset resp.http.X-Varnish;
  unset resp.http.Via;
  if (resp.http.x-cache ~ "^STALE") {
    # The shop says that it could not confirm this answer, and it is not kept: its visitor is told.
  } elsif (obj.uncacheable) {
    set resp.http.x-cache = "PASS edge";
  } elsif (obj.hits > 0) {
    set resp.http.x-cache = "HIT edge";
  } else {
    set resp.http.x-cache = "MISS edge";
  }
}

sub vcl_synth {
#each header
  set resp.http.{{header}} = {"{{value}}"};
#end
  set resp.http.Content-Type = "text/plain; charset=utf-8";
  set resp.http.Cache-Control = "no-store";
  set resp.body = resp.reason + {"
"};
  if (req.method == "PURGE" && resp.status == 200) { set resp.body = "purged " + req.http.x-purged + " at " + req.http.x-moment + {"
"}; }
  if (resp.status == 429) { set resp.http.Retry-After = "60"; }
  return (deliver);
}

sub vcl_backend_error {
  if (bereq.retries < {{retries}} && (bereq.method == "GET" || bereq.method == "HEAD")) { return (retry); }
#each header
  set beresp.http.{{header}} = {"{{value}}"};
#end
  set beresp.http.Content-Type = "text/plain; charset=utf-8";
  set beresp.http.Retry-After = "1";
  set beresp.http.Cache-Control = "no-store";
  set beresp.ttl = 0s;
  set beresp.grace = 0s;
  set beresp.body = {"The shop cannot be reached right now. Please try again in a moment.
"};
  return (deliver);
}
