import { ExternalLink, Square } from "lucide-react";
import Link from "next/link";
import Markdown, { type Components } from "react-markdown";
import rehypeSlug from "rehype-slug";
import remarkGfm from "remark-gfm";
import { paths } from "@/app/paths";
import { classNames } from "@/app/ui/class-names";
import { guideLink } from "@/lib/guides";

/** The Markdown of a guide in the desk's own type. Tables wrap rather than scroll. */
export function GuideText({ text }: { text: string }) {
  return (
    <Markdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSlug]} components={COMPONENTS}>
      {text}
    </Markdown>
  );
}

/** Our colours and sizes; of the attributes only those named here, so no inline style gets through. */
const COMPONENTS: Components = {
  h2: ({ id, children }) => (
    <h2 id={id} className="mt-8 mb-2 border-t border-rule pt-5 text-lg font-semibold">
      {children}
    </h2>
  ),
  h3: ({ id, children }) => (
    <h3 id={id} className="mt-5 mb-1.5 text-section font-semibold">
      {children}
    </h3>
  ),
  p: ({ children }) => <p className="my-2.5">{children}</p>,
  ul: ({ children, className }) => (
    <ul
      className={classNames(
        "my-2.5 space-y-1.5",
        className === "contains-task-list" ? "list-none" : "list-disc pl-5",
      )}
    >
      {children}
    </ul>
  ),
  // Nothing would keep a tick, so it is a sign and no control.
  input: () => <Square aria-hidden className="icon mr-1 inline text-ink-3" />,
  ol: ({ children, start }) => (
    <ol start={start} className="my-2.5 list-decimal space-y-1.5 pl-6 marker:text-ink-3">
      {children}
    </ol>
  ),
  strong: ({ children }) => <strong className="font-semibold">{children}</strong>,
  blockquote: ({ children }) => (
    <blockquote className="my-3.5 rounded-badge border border-l-[3px] border-blue-line border-l-blue bg-blue-bg px-3.5 py-0.5">
      {children}
    </blockquote>
  ),
  code: ({ children }) => (
    <code className="rounded-badge bg-sunk font-mono text-sm wrap-anywhere">{children}</code>
  ),
  pre: ({ children }) => (
    <pre className="my-3 rounded-control border border-rule bg-sunk px-3 py-2 whitespace-pre-wrap wrap-anywhere">
      {children}
    </pre>
  ),
  table: ({ children }) => (
    <table className="my-3.5 w-full border-collapse text-left text-base">{children}</table>
  ),
  th: ({ children }) => (
    <th
      scope="col"
      className="border-b border-edge-soft py-1.5 pr-3 align-bottom text-sm font-semibold text-ink-2"
    >
      {children}
    </th>
  ),
  td: ({ children }) => (
    <td className="border-b border-rule py-2 pr-3 align-top break-words max-md:text-sm max-md:wrap-anywhere max-md:first:min-w-[86px]">
      {children}
    </td>
  ),
  a: ({ href = "", children }) => {
    const link = guideLink(href);
    if (link && "slug" in link) {
      return (
        <Link className="link" href={paths.help(link.slug, link.hash)}>
          {children}
        </Link>
      );
    }
    if (href.startsWith("#")) {
      return (
        <a className="link" href={href}>
          {children}
        </a>
      );
    }
    return (
      <a className="link" href={href} target="_blank" rel="noreferrer">
        {children}
        <ExternalLink aria-hidden className="icon-badge ml-0.5 inline" />
      </a>
    );
  },
  img: ({ src, alt }) => {
    const link = typeof src === "string" ? guideLink(src) : null;
    if (!link || !("picture" in link)) return null;
    return (
      // biome-ignore lint/performance/noImgElement: our own picture, as it is
      <img
        src={paths.guidePicture(link.picture)}
        alt={alt}
        loading="lazy"
        className="my-3.5 block h-auto w-full rounded-panel border border-rule"
      />
    );
  },
};
