import { wordsOf } from "../words/page-language";
import { signInWords } from "../words/sign-in";

/** The drawing beside the sign-in: an envelope addressed to this desk. */
export async function Envelope({ host }: { host: string }) {
  const { helpDesk } = await wordsOf(signInWords);
  return (
    <svg aria-hidden viewBox="0 0 440 280" fill="none" className="h-auto w-[min(420px,100%)]">
      <rect
        x=".75"
        y=".75"
        width="438.5"
        height="278.5"
        rx="5"
        className="fill-sheet stroke-edge-soft"
        strokeWidth="1.5"
      />
      <path d="M28 36h92M28 50h64" className="stroke-edge-soft" strokeWidth="2" />
      <path
        d="M352 28h60v72h-60z"
        className="stroke-accent"
        strokeWidth="3"
        strokeDasharray="0 6"
        strokeLinecap="round"
      />
      <path d="M360 36h44v56h-44z" className="fill-selected" />
      <path
        d="M368 54h28v20h-28zl14 10 14-10"
        className="stroke-accent"
        strokeWidth="1.75"
        strokeLinejoin="round"
      />
      <g className="stroke-ink-3" strokeWidth="1.25" opacity=".75">
        <circle cx="318" cy="64" r="25" />
        <circle cx="318" cy="64" r="19" />
        <path d="M346 50q8-5 16 0t16 0 16 0M346 60q8-5 16 0t16 0 16 0M346 70q8-5 16 0t16 0 16 0M346 80q8-5 16 0t16 0 16 0" />
      </g>
      <g className="fill-ink-2 text-base">
        <text x="176" y="168" className="fill-ink font-semibold">
          {helpDesk}
        </text>
        <text x="176" y="192">
          {host}
        </text>
      </g>
    </svg>
  );
}
