import type { Metadata } from "next";
import Link from "next/link";
import { requireAgent } from "@/app/auth";
import { ShowAgain } from "@/app/first-steps/show-again";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { canShowFirstSteps } from "@/lib/first-steps";
import { GUIDE_SLUGS, readGuide } from "@/lib/guides";

export const metadata: Metadata = { title: "Help" };

/** The guides of docs/, for whoever works at the desk. */
export default async function HelpPage() {
  const agent = await requireAgent();
  const [guides, areStepsHidden] = await Promise.all([
    Promise.all(GUIDE_SLUGS.map(readGuide)),
    canShowFirstSteps(agent),
  ]);
  return (
    <>
      <PageHeader title="Help" />
      {areStepsHidden && <ShowAgain />}
      <ul className="max-w-[68ch]">
        {guides.map(({ slug, title, about, sections }) => (
          <li key={slug} className="gutter border-b border-rule py-5">
            <h2 className="text-section font-semibold">
              <Link href={paths.help(slug)} className="link">
                {title}
              </Link>
            </h2>
            <p className="mt-0.5 text-ink-2">{about}</p>
            <p className="mt-1 text-sm text-ink-3">
              {sections.map((section) => section.title).join(" · ")}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
