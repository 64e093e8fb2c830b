// What Leaflet does not do by itself: Dutch controls, a map that fits its frame, names that do not hide each other.
function dress(map, bounds, credit, names) {
  const box = map.getContainer();
  box.setAttribute("role", "region");
  box.setAttribute("aria-labelledby", "titel");
  L.control.scale({imperial: false}).addTo(map);
  L.control.zoom({position: "bottomleft", zoomInTitle: "Inzoomen", zoomOutTitle: "Uitzoomen"}).addTo(map);
  L.control.attribution({prefix: false}).addAttribution(credit).addTo(map);
  for (const [lat, lon, name] of names) {
    const text = document.createElement("span");
    text.textContent = name;
    const icon = L.divIcon({html: text, className: "naam", iconSize: [0, 0]});
    L.marker([lat, lon], {icon, interactive: false, keyboard: false}).addTo(map);
  }

  function settle() {
    const edge = box.getBoundingClientRect();
    const taken = [...box.querySelectorAll(".leaflet-control")].map((control) => control.getBoundingClientRect());
    for (const name of box.querySelectorAll(".naam span")) {
      const a = name.getBoundingClientRect();
      const cut = a.left < edge.left || a.right > edge.right || a.top < edge.top || a.bottom > edge.bottom;
      const covers = taken.some((b) => a.left < b.right + 3 && b.left < a.right + 3 && a.top < b.bottom && b.top < a.bottom);
      name.style.visibility = cut || covers ? "hidden" : "";
      if (!cut && !covers) taken.push(a);
    }
    // On a phone, a finger on a map that is wholly in view scrolls the page.
    if (L.Browser.mobile) map.dragging[map.getZoom() > map.getMinZoom() ? "enable" : "disable"]();
  }

  function fit() {
    if (box.clientWidth < 100 || box.clientHeight < 100) return; // in a hidden tab: wait until it is opened
    map.invalidateSize(false).setMinZoom(0).fitBounds(bounds, {
      paddingTopLeft: [6, 6], paddingBottomRight: [6, 62], animate: false, // the controls stand below the shapes
    });
    map.setMinZoom(map.getZoom());
    settle();
  }

  map.on("zoomend moveend", settle);
  new ResizeObserver(fit).observe(box);
  fit();
}
