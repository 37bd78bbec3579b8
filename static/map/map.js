/* Hezhang map: draws what layers/map.py hands over. Text from data becomes text nodes only, never markup. */
(function () {
  "use strict";

  function element(tag, cls, text) {
    var node = document.createElement(tag);
    if (cls) { node.className = cls; }
    if (text !== undefined && text !== null) { node.textContent = String(text); }
    return node;
  }

  /* Seen from far, lines are drawn thinner, so that a city's rivers stay apart; near by they have their full width. */
  function slim(map) { return Math.max(0.45, Math.min(1, (map.getZoom() - 7) / 5)); }

  var stroke = L.Canvas.prototype._fillStroke;
  L.Canvas.include({
    _fillStroke: function (ctx, layer) {
      var options = layer.options, weight = options.weight, dash = options._dashArray;
      if (layer instanceof L.Polyline && this._map) {
        options.weight = weight * slim(this._map);
        if (dash) { options._dashArray = dash.map(function (d) { return d * slim(this._map); }, this); }
      }
      stroke.call(this, ctx, layer);
      options.weight = weight;
      options._dashArray = dash;
    }
  });

  /* A line moved sideways by options.shift pixels (positive = right of its direction): the two banks of one river. */
  var project = L.Polyline.prototype._projectLatlngs;
  L.Polyline.include({
    _projectLatlngs: function (latlngs, result, bounds) {
      var first = result.length;
      project.call(this, latlngs, result, bounds);
      var shift = this.options.shift && this._map ? this.options.shift * slim(this._map) : this.options.shift;
      if (!shift || !(latlngs[0] instanceof L.LatLng)) { return; }
      for (var i = first; i < result.length; i++) { result[i] = moved(result[i], shift); }
    }
  });

  function moved(ring, shift) {
    var points = ring.filter(function (p, i) { return i === 0 || !p.equals(ring[i - 1]); });
    if (points.length < 2) { return ring; }
    var normals = [];
    for (var i = 1; i < points.length; i++) {
      var d = points[i].subtract(points[i - 1]), len = Math.sqrt(d.x * d.x + d.y * d.y);
      normals.push(L.point(-d.y / len, d.x / len));
    }
    return points.map(function (p, i) {
      var a = normals[Math.max(i - 1, 0)], b = normals[Math.min(i, normals.length - 1)];
      var sum = a.add(b), scale = shift * 2 / Math.max(sum.x * sum.x + sum.y * sum.y, 1.2);
      return p.add(sum.multiplyBy(scale));
    });
  }

  function popup(payload, properties) {
    var box = element("div", "hz-popup");
    box.appendChild(element("div", "hz-popup-kind", payload.kind));
    box.appendChild(element("div", "hz-popup-title", properties.title));
    var table = element("table");
    payload.heads.forEach(function (head, i) {
      var value = properties.values[i];
      if (value === null || value === undefined || value === "") { return; }
      var row = element("tr");
      row.appendChild(element("th", "", head));
      row.appendChild(element("td", "", value));
      table.appendChild(row);
    });
    box.appendChild(table);
    return box;
  }

  function icon(spec) {
    return L.divIcon({ className: "hz-mark", html: spec.html, iconSize: [spec.size, spec.size],
                       iconAnchor: spec.anchor || [spec.size / 2, spec.size / 2] });
  }

  /* Draw one layer; returns the Leaflet group, whose children carry their GeoJSON feature with id and properties. */
  window.hzDraw = function (payload) {
    var icons = {};
    Object.keys(payload.icons).forEach(function (key) { icons[key] = icon(payload.icons[key]); });
    var group = L.geoJSON(payload.data, {
      smoothFactor: 0.3,
      style: function (feature) { return payload.styles[feature.properties.style]; },
      pointToLayer: function (feature, latlng) {
        var key = feature.properties.style;
        return L.marker(latlng, { icon: icons[key], zIndexOffset: payload.icons[key].over || 0,
                                  alt: payload.kind + " " + feature.properties.title });
      }
    });
    group.bindTooltip(function (layer) { return element("span", "", layer.feature.properties.title); },
                      { sticky: payload.sticky, className: "hz-tip", direction: "auto" });
    if (payload.popups) {
      group.bindPopup(function (layer) { return popup(payload, layer.feature.properties); },
                      { maxWidth: 320, maxHeight: 320, autoPanPaddingTopLeft: [24, 24], autoPanPaddingBottomRight: [56, 84] });
    }
    if (!payload.hollow.length) { return group; }
    var inner = L.geoJSON(payload.data, {
      interactive: false,
      smoothFactor: 0.3,
      filter: function (feature) { return payload.hollow.indexOf(feature.properties.style) >= 0; },
      style: function (feature) {
        return { color: "#FFFFFF", weight: 2, opacity: 1, shift: payload.styles[feature.properties.style].shift };
      }
    });
    group.on("add", function (e) { inner.addTo(e.target._map); });
    group.on("remove", function () { inner.remove(); });
    return group;
  };

  /* Names on the map; where two would touch, water goes before areas and the longer before the shorter. */
  var RANK = { "hz-line": 0, "hz-point": 1, "hz-area": 2 };

  function thin(map) {
    var kept = [], all = [];
    map.hzNames.forEach(function (group) { group.eachLayer(function (marker) { all.push(marker); }); });
    all.sort(function (a, b) {
      return RANK[a.options.cls] - RANK[b.options.cls] || b.options.metres - a.options.metres;
    });
    all.forEach(function (marker) { settle(map, marker); });
    all.forEach(function (marker) {
      var node = marker.getElement();
      var width = node.firstChild.offsetWidth || 60, turn = marker.options.turn * Math.PI / 180;
      var cos = Math.abs(Math.cos(turn)), sin = Math.abs(Math.sin(turn));
      var at = map.latLngToLayerPoint(marker.getLatLng());
      var half = L.point((cos * width + sin * 18) / 2 + 4, (sin * width + cos * 18) / 2 + 4);
      var box = L.bounds(at.subtract(half), at.add(half));
      var room = marker.options.metres / metresPerPixel(map, marker.getLatLng()) >= width * 0.8;
      var hidden = !room || kept.some(function (other) { return other.overlaps(box); });
      node.style.visibility = hidden ? "hidden" : "visible";
      if (!hidden) { kept.push(box); }
    });
  }

  /* A river's name stands at the first of its places that is in view: one name, wherever one looks. */
  function settle(map, marker) {
    var spots = marker.options.spots, view = map.getBounds().pad(-0.1);
    var at = spots.find(function (spot) { return view.contains([spot[1], spot[0]]); }) || spots[0];
    marker.options.turn = at[2];
    marker.setLatLng([at[1], at[0]]);
    // A river's name stands beside its line, not on it.
    var aside = marker.options.cls === "hz-area" ? 0 : -15;
    marker.getElement().firstChild.style.transform =
      "translate(-50%, -50%) rotate(" + Number(at[2]) + "deg) translateY(" + aside + "px)";
  }

  var Names = L.LayerGroup.extend({
    onAdd: function (map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.hzNames = (map.hzNames || []).concat([this]);
      map.on("moveend resize", this._thin, this);
      this._thin();
    },
    onRemove: function (map) {
      map.off("moveend resize", this._thin, this);
      map.hzNames = map.hzNames.filter(function (other) { return other !== this; }, this);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },
    _thin: function () { thin(this._map); }
  });

  function metresPerPixel(map, latlng) {
    return 40075016.7 * Math.cos(latlng.lat * Math.PI / 180) / Math.pow(2, map.getZoom() + 8);
  }

  window.hzNames = function (names) {
    return new Names(names.map(function (name) {
      var text = element("span", name.cls, name.text);
      return L.marker([name.spots[0][1], name.spots[0][0]], {
        icon: L.divIcon({ className: "hz-name", html: text, iconSize: [0, 0] }),
        interactive: false, keyboard: false, cls: name.cls, spots: name.spots, turn: 0, metres: Number(name.metres), zIndexOffset: -1000
      });
    }));
  };

  /* A panel in a corner that comes and goes with the layer group it belongs to. Its HTML is escaped in Python. */
  var Panel = L.Layer.extend({
    initialize: function (html, position, cls) { this._html = html; this._position = position; this._cls = cls; },
    onAdd: function (map) {
      var panel = this;
      this._control = L.control({ position: this._position });
      this._control.onAdd = function () {
        var box = L.DomUtil.create("div", panel._cls);
        box.innerHTML = panel._html;
        L.DomEvent.disableClickPropagation(box);
        return box;
      };
      this._control.addTo(map);
    },
    onRemove: function () { this._control.remove(); }
  });

  window.hzPanel = function (html, position, cls) { return new Panel(html, position, cls); };

  /* One legend per map, however many groups are on it; each group brings its part and takes it away again. */
  var LegendPart = L.Layer.extend({
    initialize: function (title, html) { this._title = title; this._html = html; },
    onAdd: function (map) {
      var legend = map.hzLegend || (map.hzLegend = newLegend(map, this._title));
      legend.parts.push(this._html);
      legend.write();
    },
    onRemove: function (map) {
      var parts = map.hzLegend.parts;
      parts.splice(parts.indexOf(this._html), 1);
      map.hzLegend.write();
    }
  });

  function newLegend(map, title) {
    var fold = element("details"), body = element("div"), box = element("div", "hz-legend");
    fold.open = map.getSize().x >= 640;
    fold.appendChild(element("summary", "", title));
    fold.appendChild(body);
    box.appendChild(fold);
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    var control = L.control({ position: "bottomleft" });
    control.onAdd = function () { return box; };
    control.addTo(map);
    return {
      parts: [],
      write: function () {
        body.innerHTML = this.parts.join("");
        box.style.display = this.parts.length ? "" : "none";
      }
    };
  }

  window.hzLegend = function (title, html) { return new LegendPart(title, html); };

  window.hzSetup = function (map, words) {
    L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    L.control.scale({ position: "bottomright", imperial: false, maxWidth: 120 }).addTo(map);
    function nearness() {
      var far = metresPerPixel(map, map.getCenter()) > 110;
      map.getContainer().classList.toggle("hz-far", far);
    }
    /* Open on the waters, clear of the legend and the buttons. */
    if (words.bounds) {
      var wide = map.getSize().x >= 640;
      map.fitBounds(words.bounds, { paddingTopLeft: [wide ? 196 : 10, 10], paddingBottomRight: [wide ? 60 : 10, wide ? 24 : 56] });
    }
    map.on("zoomend load", nearness);
    if (map._loaded) { nearness(); }
    map.getContainer().setAttribute("lang", words.lang);
    map.getContainer().setAttribute("aria-label", words.title);
  };
})();
