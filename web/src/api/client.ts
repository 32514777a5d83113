/** One way to ask the server: with the token, in the user's language, with an end to every wait. */
import { language, translate } from "../words/language";
import { core } from "../words/core";
import { Problem } from "./problem";
import { session, sessionEnded } from "./session";

/** No request waits longer: after that the page says so. */
export const PATIENCE_MS = 20_000;

interface Ask {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON, unless it is a file or text. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  patience?: number;
}

/** Asks and gives the whole response. Throws a {@link Problem} for everything but success. */
export async function ask(path: string, o: Ask = {}): Promise<Response> {
  const headers: Record<string, string> = { "accept-language": language() === "zh" ? "zh-CN" : "en", ...o.headers };
  const token = session()?.token;
  if (token) headers["authorization"] = `Bearer ${token}`;
  let body: BodyInit | undefined;
  if (o.body instanceof Blob || typeof o.body === "string") body = o.body;
  else if (o.body !== undefined) {
    headers["content-type"] ??= "application/json";
    body = JSON.stringify(o.body);
  }
  const timer = new AbortController();
  const out = setTimeout(() => timer.abort(), o.patience ?? PATIENCE_MS);
  const gone = () => timer.abort();
  o.signal?.addEventListener("abort", gone);
  let response: Response;
  try {
    response = await fetch(path, { method: o.method ?? "GET", headers, signal: timer.signal, ...(body === undefined ? {} : { body }) });
  } catch (e) {
    if (o.signal?.aborted) throw e;
    throw new Problem({ status: 0, kind: "offline", detail: translate(core.noServer) });
  } finally {
    clearTimeout(out);
    o.signal?.removeEventListener("abort", gone);
  }
  if (response.ok) return response;
  const problem = await Problem.of(response);
  if (response.status === 401 && token && problem.kind !== "log-in") sessionEnded(problem.kind);
  throw problem;
}

/** Asks for JSON. */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await ask(address(path, query), { signal });
  return (await response.json()) as T;
}

export type Query = Record<string, string | number | boolean | null | undefined>;

/** A path with its query; what is null, undefined or empty is left out. */
export function address(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, v]) => v !== null && v !== undefined && v !== "");
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString()}`;
}
