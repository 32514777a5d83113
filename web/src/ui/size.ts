import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** How large something is drawn, for pictures that fill what room there is. */
export function useSize<E extends Element>(): [RefObject<E | null>, { width: number; height: number }] {
  const ref = useRef<E>(null);
  const [size, set] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const e = ref.current;
    if (!e) return;
    const watch = new ResizeObserver(() => set({ width: e.clientWidth, height: e.clientHeight }));
    watch.observe(e);
    return () => watch.disconnect();
  }, []);
  return [ref, size];
}
