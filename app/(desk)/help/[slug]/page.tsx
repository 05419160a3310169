import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { findGuideSlug, GUIDE_SLUGS, type Guide, readGuide } from "@/lib/guides";
import { GuideText } from "./guide-text";

type Props = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const slug = findGuideSlug((await params).slug);
  return { title: slug ? (await readGuide(slug)).title : "Help" };
}

/** One guide with its contents beside it; above it on narrow screens. */
export default async function GuidePage({ params }: Props) {
  await requireAgent();
  const slug = findGuideSlug((await params).slug);
  if (!slug) notFound();
  const guides = await Promise.all(GUIDE_SLUGS.map(readGuide));
  const guide = guides.find((one) => one.slug === slug) ?? notFound();
  const others = guides.filter((one) => one !== guide);
  return (
    <>
      <PageHeader title={guide.title} back={{ href: paths.help(), label: "All guides" }} />
      <div className="gutter grid gap-x-10 gap-y-6 py-5 lg:grid-cols-[minmax(0,68ch)_minmax(0,260px)]">
        <aside className="text-sm lg:sticky lg:top-5 lg:col-start-2 lg:row-start-1 lg:self-start lg:border-l lg:border-rule lg:pl-6">
          <Contents guide={guide} />
          <nav aria-label="Other guides" className="mt-5 max-lg:hidden">
            <h2 className="font-semibold text-ink-2">Other guides</h2>
            <ul className="mt-1.5 space-y-1.5">
              {others.map((other) => (
                <li key={other.slug}>
                  <Link href={paths.help(other.slug)} className="link">
                    {other.title}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        </aside>
        <article
          aria-label={guide.title}
          className="max-w-[68ch] text-mail lg:col-start-1 lg:row-start-1"
        >
          <GuideText text={guide.text} />
        </article>
      </div>
    </>
  );
}

function Contents({ guide }: { guide: Guide }) {
  return (
    <nav aria-label="On this page">
      <h2 className="font-semibold text-ink-2">On this page</h2>
      <ul className="mt-1.5 space-y-1.5 max-md:space-y-3">
        {guide.sections.map(({ id, title }) => (
          <li key={id}>
            <a href={paths.help(guide.slug, id)} className="link">
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
