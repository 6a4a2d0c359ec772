// What CloudFront's JavaScript runtime 2.0 gives a function besides the language: developer guide, "JavaScript runtime
// 2.0 features for CloudFront Functions". The isolate has no network, no files and no timers, as AWS's has none.
"use strict";

globalThis.console = { log() {}, error() {}, warn() {}, info() {}, debug() {} };

(() => {
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  globalThis.btoa = (text) => {
    let out = "";
    for (let at = 0; at < text.length; at += 3) {
      const [a, b, c] = [0, 1, 2].map((offset) => text.charCodeAt(at + offset));
      if (a > 255 || b > 255 || c > 255) throw new Error("btoa: characters outside of Latin-1");
      out += ALPHABET[a >> 2] + ALPHABET[((a & 3) << 4) | (b >> 4)];
      out += at + 1 < text.length ? ALPHABET[((b & 15) << 2) | (c >> 6)] : "=";
      out += at + 2 < text.length ? ALPHABET[c & 63] : "=";
    }
    return out;
  };

  globalThis.atob = (text) => {
    let bits = 0, held = 0, out = "";
    for (const letter of String(text).replace(/[\s=]/g, "")) {
      const value = ALPHABET.indexOf(letter);
      if (value < 0) throw new Error("atob: not Base64");
      held = (held << 6) | value;
      bits += 6;
      if (bits >= 8) out += String.fromCharCode((held >> (bits -= 8)) & 255);
    }
    return out;
  };

  const querystring = {
    escape: encodeURIComponent,
    unescape: decodeURIComponent,
    parse(text, between = "&", is = "=") {
      const found = {};
      for (const pair of String(text).split(between).filter(Boolean)) {
        const at = pair.indexOf(is);
        const part = (from, to) => decodeURIComponent(pair.slice(from, to).replace(/\+/g, " "));
        const name = part(0, at < 0 ? undefined : at), value = at < 0 ? "" : part(at + is.length);
        if (name in found) found[name] = [].concat(found[name], value);
        else found[name] = value;
      }
      return found;
    },
    stringify(values, between = "&", is = "=") {
      const pair = (name, value) => encodeURIComponent(name) + is + encodeURIComponent(value);
      return Object.entries(values)
        .flatMap(([name, value]) => [].concat(value).map((each) => pair(name, each)))
        .join(between);
    },
  };
  querystring.decode = querystring.parse;
  querystring.encode = querystring.stringify;

  globalThis.require = (name) => {
    if (name === "querystring") return querystring;
    if (["crypto", "buffer", "cloudfront"].includes(name)) {
      throw new Error(`require('${name}') works on AWS, but not on the embedded AWS`);
    }
    throw new Error(`require('${name}') is not supported by CloudFront Functions`);
  };
})();
