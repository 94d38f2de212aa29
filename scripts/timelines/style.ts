/** The looks of the pictures: on white, and on dark where the reader prefers that. No fonts but the reader's own. */

export const style = `<style>
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-size: 14px; fill: #1f2328; }
.paper { fill: #ffffff; }
.code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-weight: 600; }
.name { font-weight: 600; }
.text, .legend, .says { fill: #57606a; }
.legend, .says, .tick { font-size: 13px; }
.tick { text-anchor: middle; fill: #57606a; }
.grid { stroke: #d8dee4; fill: none; }
.axis, .bracket { stroke: #57606a; stroke-width: 1.5; fill: none; }
.arrival { fill: #1f2328; }
.waiting { fill: #8c96a1; }
.turn { fill: #2c7a3f; }
.inside { fill: #ffffff; text-anchor: middle; font-size: 13px; }
.aborting { fill: url(#hatch); stroke: #a8650a; stroke-width: 1.5; }
.hatch { stroke: #a8650a; stroke-width: 2.5; }
.merging { stroke: #2f5fb3; stroke-width: 2; fill: none; }
.tip { fill: #2f5fb3; }
.cross { stroke: #b42318; stroke-width: 2.5; fill: none; }
.end { font-weight: 600; }
.end, .says { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
.done { fill: #2c7a3f; }
.merged { fill: #2f5fb3; }
.dropped { fill: #b42318; }
.failed { fill: #a8650a; }
@media (prefers-color-scheme: dark) {
text, .arrival { fill: #e6edf3; }
.paper { fill: #0d1117; }
.end, .says { stroke: #0d1117; }
.text, .legend, .says, .tick { fill: #9da7b3; }
.grid { stroke: #2b323a; }
.axis, .bracket { stroke: #9da7b3; }
.waiting { fill: #7d8894; }
.turn, .done { fill: #4cb768; }
.inside { fill: #06130a; }
.aborting, .hatch { stroke: #e0a043; }
.merging { stroke: #79b0ff; }
.tip, .merged { fill: #79b0ff; }
.cross { stroke: #ff7b72; }
.dropped { fill: #ff7b72; }
.failed { fill: #e0a043; }
}
</style>
<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0 V7" /></pattern></defs>`;
