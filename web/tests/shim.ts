/** What the page's words ask of a browser when they are loaded: the table of screens is read here without one. */
const g = globalThis as Record<string, unknown>;
g["localStorage"] ??= { getItem: () => null };
g["document"] ??= { documentElement: {} };
g["navigator"] ??= { language: "zh-CN" };
g["window"] ??= { addEventListener: () => undefined };
