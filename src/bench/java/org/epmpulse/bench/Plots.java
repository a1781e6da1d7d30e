package org.epmpulse.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedDomainCategoryPlot;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.StandardXYItemRenderer;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Creates the charts in {@code src/bench} from the saved results of {@code updates} and {@code soak}. */
@Command(
        name = "plots",
        description = "Create results.png and soak.png in src/bench from saved results.",
        mixinStandardHelpOptions = true)
final class Plots implements Callable<Integer> {

    private static final Path FOLDER = Path.of("src/bench");
    private static final int WIDTH = 900;
    private static final Color FIRST = new Color(0x1F5FA8);
    private static final Color SECOND = new Color(0xD9822B);
    private static final Color GRID = new Color(0xD0D0D0);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    /** A panel of the soak chart: a label and its columns. */
    private record Panel(String label, List<String> columns) {}

    private static final List<Panel> PANELS = List.of(
            new Panel("posts/s", List.of(Samples.RATE)),
            new Panel("p99, ms", List.of(Samples.P99)),
            new Panel("resident, MiB", List.of(Samples.RESIDENT)),
            new Panel("heap*, MiB", List.of(Samples.HEAP, Samples.HEAP_AFTER_GC)),
            new Panel("GC, ms", List.of(Samples.GC_MILLIS)),
            new Panel("threads", List.of(Samples.THREADS)),
            new Panel("handles", List.of(Samples.FILES)));

    @Option(names = "--quick", description = "Write to target/bench, for meaningless numbers.")
    private boolean quick;

    @Override
    public Integer call() throws IOException {
        resultsChart(quick);
        soakChart(quick);
        return 0;
    }

    /** Creates the soak chart: panels with a common time axis. */
    static void soakChart(boolean quick) throws IOException {
        List<CSVRecord> samples = read(SoakBenchmark.NAME + "-samples");
        NumberAxis time = new NumberAxis("minutes");
        style(time);
        CombinedDomainXYPlot all = new CombinedDomainXYPlot(time);
        all.setGap(8);
        for (Panel panel : PANELS) {
            XYSeriesCollection series = new XYSeriesCollection();
            for (String column : panel.columns()) {
                XYSeries values = new XYSeries(column);
                for (CSVRecord sample : samples) {
                    double minute = Double.parseDouble(sample.get(Samples.SECONDS)) / 60;
                    values.add(minute, Double.parseDouble(sample.get(column)));
                }
                series.addSeries(values);
            }
            NumberAxis axis = new NumberAxis(panel.label());
            axis.setAutoRangeIncludesZero(true);
            style(axis);
            StandardXYItemRenderer lines = new StandardXYItemRenderer();
            lines.setSeriesPaint(0, FIRST);
            lines.setSeriesPaint(1, SECOND);
            lines.setDefaultStroke(new BasicStroke(1.2f));
            lines.setAutoPopulateSeriesStroke(false);
            XYPlot plot = new XYPlot(series, null, axis, lines);
            plot.setDomainGridlinePaint(GRID);
            plot.setRangeGridlinePaint(GRID);
            style(plot);
            all.add(plot);
        }
        save(quick, "soak.png", "Half load (* used, and orange: after a collection)", all, 1000);
    }

    /** Creates the chart of a POST compared with the minimal server. */
    private static void resultsChart(boolean quick) throws IOException {
        DefaultCategoryDataset cpu = new DefaultCategoryDataset();
        DefaultCategoryDataset speed = new DefaultCategoryDataset();
        for (CSVRecord row : read(UpdatesBenchmark.NAME)) {
            String name = row.get(0);
            if (!name.startsWith("minimal server")) {
                cpu.addValue(Double.parseDouble(row.get("CPU / minimal")), "", name);
                speed.addValue(Double.parseDouble(row.get("rate / minimal")), "", name);
            }
        }
        CategoryAxis names = new CategoryAxis("POST, connections");
        names.setLabelFont(TEXT);
        names.setTickLabelFont(TEXT);
        names.setMaximumCategoryLabelLines(2);
        CombinedDomainCategoryPlot all = new CombinedDomainCategoryPlot(names);
        all.setGap(16);
        all.add(bars(cpu, "CPU / minimal server", FIRST));
        all.add(bars(speed, "throughput / minimal server", SECOND));
        save(quick, "results.png", "A durable POST compared with a minimal server (= 1)", all, 600);
    }

    private static CategoryPlot bars(DefaultCategoryDataset values, String label, Color color) {
        NumberAxis axis = new NumberAxis(label);
        style(axis);
        // Leave room for the numbers above the bars.
        axis.setUpperMargin(0.15);
        BarRenderer bars = new BarRenderer();
        bars.setBarPainter(new StandardBarPainter());
        bars.setShadowVisible(false);
        bars.setSeriesPaint(0, color);
        bars.setMaximumBarWidth(0.08);
        bars.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", new DecimalFormat("0.00")));
        bars.setDefaultItemLabelsVisible(true);
        bars.setDefaultItemLabelFont(TEXT);
        CategoryPlot plot = new CategoryPlot(values, null, axis, bars);
        plot.setRangeGridlinePaint(GRID);
        plot.addRangeMarker(new ValueMarker(1, Color.DARK_GRAY, new BasicStroke(1)));
        style(plot);
        return plot;
    }

    private static List<CSVRecord> read(String name) throws IOException {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setAllowMissingColumnNames(true)
                .get();
        try (Reader file = Files.newBufferedReader(Table.csv(name))) {
            return format.parse(file).getRecords();
        }
    }

    private static void style(NumberAxis axis) {
        axis.setLabelFont(TEXT);
        axis.setTickLabelFont(TEXT);
    }

    private static void style(Plot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlinePaint(GRID);
    }

    private static void save(boolean quick, String name, String title, Plot plot, int height) throws IOException {
        JFreeChart chart = new JFreeChart(title, new Font(Font.SANS_SERIF, Font.BOLD, 15), plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        Path file = (quick ? Table.FOLDER : FOLDER).resolve(name);
        ChartUtils.saveChartAsPNG(file.toFile(), chart, WIDTH, height);
        System.out.println("Created " + file);
    }
}
